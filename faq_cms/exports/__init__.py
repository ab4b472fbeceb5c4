"""Published articles out: one pure writer per channel, articles to bytes.

`CHANNELS` is the table the screens, the command line and the API read; a new channel is one more
module and one more line there. Writers never open a session or a file, and write the articles in
the order given: the same articles make the same bytes, whatever the day or the machine, so that a
nightly job can tell by a digest that nothing changed.
"""

from faq_cms.exports import (
    atom,
    bot_framework,
    csv_excel,
    csv_raw,
    dialogflow,
    docx_booklet,
    freshdesk,
    json_items,
    json_lines,
    jsonld,
    kendra,
    llms,
    markdown_files,
    pdf_booklet,
    qna_maker,
    rasa,
    static_site,
    workbook,
    zendesk,
)
from faq_cms.exports.channel import Channel, Destination, Site

__all__ = ["CHANNELS", "Channel", "Destination", "Site"]

CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        # In the order people are offered them, destination by destination.
        static_site.CHANNEL,
        jsonld.CHANNEL,
        markdown_files.CHANNEL,
        atom.CHANNEL,
        json_lines.CHANNEL,
        llms.CHANNEL,
        qna_maker.CHANNEL,
        bot_framework.CHANNEL,
        rasa.CHANNEL,
        dialogflow.CHANNEL,
        kendra.CHANNEL,
        kendra.CSV_CHANNEL,
        freshdesk.CHANNEL,
        zendesk.CHANNEL,
        pdf_booklet.CHANNEL,
        docx_booklet.CHANNEL,
        workbook.CHANNEL,
        csv_excel.CHANNEL,
        csv_raw.CHANNEL,
        json_items.CHANNEL,
    )
}
