"""Published articles out: one pure writer per channel, articles to bytes.

`CHANNELS` is the table the screens, the command line and the API read; a new channel is one more
module and one more line there. Writers never open a session or a file, and write the articles in
the order given: the same articles make the same bytes, whatever the day or the machine, so that a
nightly job can tell by a digest that nothing changed.
"""

from faq_cms.exports import csv_excel, json_items, jsonld, markdown_files
from faq_cms.exports.channel import Channel, Site

__all__ = ["CHANNELS", "Channel", "Site"]

CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        csv_excel.CHANNEL,
        json_items.CHANNEL,
        markdown_files.CHANNEL,
        jsonld.CHANNEL,
    )
}
