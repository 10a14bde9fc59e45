"""Other people's logs in, recordings out.

Readers turn the text of a log into `Told` values and are pure; what they find is surveyed once, so that the header
can say what is missing, and then built into a recording. Nothing else in rtdebug knows how foreign logs look.
"""
