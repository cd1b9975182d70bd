"""What all exploring pages look like: a title, one bar of controls, and what a click opens beside what was clicked."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digitlab.ui import share

SHEET = Path(__file__).with_name("explore.css")


def begin(title: str, lead: str) -> DeltaGenerator:
    """As `share.heading`, with the style sheet of these pages."""
    st.html(SHEET)
    return share.heading(title, lead)


def part(title: str) -> None:
    """Show the heading of a part of the page."""
    st.html(f'<h2 class="part">{escape(title)}</h2>', width="content")


def board(views: int) -> DeltaGenerator:
    """The place of one or two views to click on, and of what a click opens (`opened`), which stands beside them. On a
    narrow screen it stands below the view that was clicked."""
    return st.container(key=f"board_{views}")


def view(number: int) -> DeltaGenerator:
    """The place of a view on a board, 0 or 1."""
    return st.container(key=f"view_{number}")


def opened(number: int) -> DeltaGenerator:
    """The place of what a click on this view has opened."""
    return st.container(key=f"opened_{number}")
