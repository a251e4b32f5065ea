"""Definition -> boxes and lines -> SVG and PNG. Pure: no Django, no database.

outline    what there is to draw            dot     the adapter of Graphviz
layout     where it goes, scope by scope    svg     the picture
statuses   what happened, from events       png     the picture as pixels
"""
