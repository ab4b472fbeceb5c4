"""What the product costs, measured beside the least the same machine could do: `make bench`.

One file a family; each takes the lines it measured, in rounds, through `harness`. Ratios inside one
run are worth more than the figures themselves, which say as much about the machine as about us.
"""
