"""The Glossary page: every word of the field that digitlab uses, in short, with the pages where it plays a role."""

import streamlit as st

from digitlab.ui import glossary

glossary.page(st.query_params.get("term", ""))
