"""The session inspector: screens in a terminal. The only room that knows Textual.

What the screens show is made below them, without Textual: `call` reads and follows a recording, `timeline` draws
its lanes, `pages` write its other views; all of them give lines of text with named styles. `widgets` put the lines
on the terminal and take keys, `screens` put widgets together.
"""
