"""A drawn-digit page as most demos are written: whole-script rerun, resized canvas, two `model.predict`."""

import time

import keras
import numpy as np
import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import st_canvas

from digitlab.settings import REPOSITORY


@st.cache_resource
def load(name: str) -> keras.Model:
    return keras.models.load_model(REPOSITORY / "models" / name / "model.keras")


st.title("Draw a digit")
canvas = st_canvas(
    stroke_width=20,
    stroke_color="#111111",
    background_color="#ffffff",
    width=280,
    height=280,
    return_image_data=True,
    key="canvas",
)
models = {name: load(name) for name in ("dnn", "cnn")}
if canvas.image_data is not None:
    grey = Image.fromarray(canvas.image_data).convert("L").resize((28, 28))
    image = 1 - np.asarray(grey, dtype=np.float32)[None] / 255
    st.image(image[0], width=140)
    for place, (name, model) in zip(("answer_left", "answer_right"), models.items(), strict=True):
        logits = model.predict(image, verbose=0)[0]
        probabilities = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        with st.container(key=place):
            st.metric(name, int(probabilities.argmax()), f"{probabilities.max():.6%}")
            st.caption(f"answered at {time.time()}")  # changes with every answer, so that the clock sees it
            st.bar_chart(probabilities)
