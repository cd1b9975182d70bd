"""The readers' glossary: what a word of the field means, for somebody of fifteen who meets it for the first time.

`ui/glossary.py` explains each word where it first stands on a page, and the page *Glossary* lists them all. Who adds a
word adds a `Term` here and nothing else. `docs/glossary.md` is for developers: it fixes which word is used for what.

For translators: the forms of a word are separated by commas, the first is the one by which the glossary lists it. All
forms that texts use should be there, such as plurals and cases; capitals need not be told apart.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from digitlab.wording.language import gettext as _

# No form begins or ends within a word or a name such as "dnn-100". Python and JavaScript read this the same way.
_LETTER = "[0-9A-Za-zÀ-ɏ_-]"


@dataclass(frozen=True)
class Term:
    """A word of the glossary, in the language of the reader.

    Attributes:
        id: of the word in links; the same in all languages.
        forms: the forms in which it stands in texts, the one to list it by first.
        meaning: one or two sentences.
        pages: where it plays a role, by the pages' addresses.
        only: the pages on which the word means this, where it means something else on others; empty for all.
    """

    id: str
    forms: tuple[str, ...]
    meaning: str
    pages: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The form by which the word is listed."""
        return self.forms[0]


def _term(id: str, forms: str, meaning: str, *pages: str, only: tuple[str, ...] = ()) -> Term:
    return Term(id, tuple(form.strip() for form in forms.split(",") if form.strip()), meaning, pages, only)


def terms() -> list[Term]:
    """All words, in the alphabetical order of the reader's language."""
    return sorted([*_networks(), *_inside(), *_training(), *_judging(), *_looking(), *_files()], key=_place)


def on_page(page: str) -> list[Term]:
    """The words that mean on a page, given by its address, what the glossary says of them; in alphabetical order."""
    return [term for term in terms() if not term.only or page in term.only]


def pattern(explained: list[Term]) -> str:
    """A regular expression for all forms of some words, for Python and JavaScript; capitals do not matter."""
    forms = sorted({form for term in explained for form in term.forms}, key=lambda form: (-len(form), form))
    escaped = (re.sub(r"[.^$*+?()[\]{}|\\/]", r"\\\g<0>", form) for form in forms)
    return f"(?<!{_LETTER})(?:{'|'.join(escaped)})(?!{_LETTER})"


def by_form(explained: list[Term]) -> dict[str, str]:
    """The ids of some words by their forms, in small letters."""
    return {form.lower(): term.id for term in explained for form in term.forms}


def occurring(text: str, explained: list[Term]) -> list[str]:
    """The ids of those of some words that stand in a text, each once, in the order of the text."""
    ids = by_form(explained)
    found = re.finditer(pattern(explained), text, re.IGNORECASE)
    return list(dict.fromkeys(ids[match.group().lower()] for match in found))


def page_titles() -> dict[str, str]:
    """What the pages are called to which the glossary leads, by their addresses."""
    return {
        "draw": _("Draw"), "confusion": _("Confusion"), "mistakes": _("Mistakes"), "embedding-map": _("Map"),
        "calibration": _("Calibration"), "robustness": _("Robustness"), "dataset": _("Dataset"), "curves": _("Curves"),
        "retrain": _("Retrain"), "sweep": _("Sweep"), "models": _("Models"),
    }  # fmt: skip


def title() -> str:
    """The heading of the glossary's page."""
    return _("Glossary")


def lead() -> str:
    """What that page is."""
    return _(
        "The words of the field, in short. Where one first stands on a page, it is dotted: point at it, or tap it."
    )


def unknown(asked: str) -> str:
    """A link asks for a word that is not in the glossary; `asked` may be anything, to be shown as it is."""
    return _("There is no word “{word}” in the glossary. Here are all that there are.").format(word=asked)


def words() -> dict[str, str]:
    """The texts around the words that a page explains."""
    return {"list": _("Words on this page"), "more": _("More in the glossary")}


def see(links: str) -> str:
    """Where a word plays a role.

    Args:
        links: to the pages, one after the other.
    """
    return _("See {pages}").format(pages=links)


def letters() -> str:
    """The links to the words by their letters, for screen readers."""
    return _("Words by their first letter")


def _place(term: Term) -> tuple[str, str]:
    """Letters with and without accents stand together; signs before a word do not count."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", term.name) if sign.isalnum() or sign == " ")
    return plain.casefold(), term.id


def letter(term: Term) -> str:
    """The letter under which a word is listed."""
    first = _place(term)[0][:1].upper()
    return "0–9" if first.isdigit() else first


def _networks() -> list[Term]:
    return [
        _term("dnn", _("DNN, DNNs, dense network, dense networks"), _(
            "A dense neural network: every unit of a layer is connected with all units of the layer before. It gets "
            "the pixels as one long row and does not know which of them are neighbours."
        ), "draw", "models"),
        _term("cnn", _("CNN, CNNs, convolutional network, convolutional networks"), _(
            "A convolutional neural network: small filters slide over the picture and look for the same thing, such "
            "as an edge, everywhere. So it matters little where on the picture something is."
        ), "draw", "models"),
        _term("network", _("neural network, neural networks"), _(
            "Many simple computing units in layers, each of which adds up what it gets from the layer before. What "
            "they compute is not programmed but learned from examples."
        ), "draw", "retrain"),
        _term("parameter", _("parameter, parameters"), _(
            "A number of a network that training sets: all its weights and biases. Our smallest networks have some "
            "thousands, large language models have billions."
        ), "models", "retrain"),
        _term("weight", _("weight, weights"), _(
            "How strongly one unit counts what it gets from another: above 0 it adds, below 0 it takes away. Learning"
            " means changing the weights."
        ), "draw", "models"),
        _term("layer", _("layer, layers"), _(
            "A row of units that all get their inputs from the row before. A picture goes in at the first layer, the "
            "answer comes out at the last."
        ), "draw", "retrain"),
        _term("hidden-layer", _("hidden layer, hidden layers"), _(
            "A layer between the pixels and the answer. Nobody tells it what to find; training does."
        ), "draw", "embedding-map"),
        _term("dense-layer", _("dense layer, dense layers"), _(
            "A layer in which every unit is connected with all units of the layer before."
        ), "draw", "retrain"),
        _term("softmax", _("softmax"), _(
            "The last step of a network: it turns ten numbers of any size into ten probabilities that add up to 100%."
            " The model of this name is nothing but this step: it has no hidden layer."
        ), "models", "retrain"),
    ]  # fmt: skip


def _inside() -> list[Term]:
    return [
        _term("unit", _("unit, units, neuron, neurons"), _(
            "One small computer of a network: it multiplies its inputs by its weights, adds them up and passes the "
            "result on. It is also called a neuron."
        ), "draw", "retrain"),
        _term("activation", _("activation, activations"), _(
            "What a unit passes on for the picture at hand. At 0 it is off: it has not found what it looks for."
        ), "draw"),
        _term("relu", _("ReLU"), _(
            "What many units do with their sum: pass it on if it is above 0, otherwise pass on 0. Without such a "
            "bend, many layers could do no more than one."
        ), "draw", "retrain"),
        _term("filter", _("filter, filters, kernel, kernels"), _(
            "A small square of weights, often 3 × 3, that slides over a picture and answers strongly where the "
            "picture looks like it."
        ), "draw", "retrain", only=("draw", "retrain")),
        _term("convolution", _("convolution, convolutions, convolutional layer, convolutional layers, Conv2D"), _(
            "Sliding a small filter over a picture and noting at every place how well it fits. A layer does this with"
            " many filters at once."
        ), "draw", "retrain"),
        _term("feature-map", _("feature map, feature maps"), _(
            "A picture of where one filter has found what it looks for: bright where it fits well."
        ), "draw"),
        _term("pooling", _("pooling, max pooling, max-pooling, MaxPooling2D"), _(
            "Making a feature map smaller by keeping only the largest of each group of neighbouring numbers, often 2 "
            "× 2. Then it matters less where exactly something was found."
        ), "draw", "retrain"),
        _term("flatten", _("flatten, flattened, flattening"), _(
            "Laying the rows of a picture end to end, so that a dense layer gets one long row of numbers."
        ), "dataset", "retrain"),
        _term("stride", _("stride, strides"), _(
            "How far a filter moves at each step. With stride 2 it skips every second place, and the result is half as "
            "wide and half as high."
        ), "retrain"),
        _term("residual", _("residual block, residual blocks, ResNet"), _(
            "Some layers with a shortcut around them: what they find is added to what they got. So networks of many "
            "layers can still be trained."
        ), "retrain", "models"),
        _term("batch-normalization", _("batch normalization, BatchNormalization, batch-normalised"), _(
            "Bringing a layer's numbers to a similar size for each batch, which makes training quicker and steadier."
        ), "retrain", "models"),
        _term("deslanting", _("deslanting, deslanted"), _(
            "Making a slanted digit upright before a network sees it, so that it need not learn every slant."
        ), "retrain", "models"),
        _term("embedding", _("embedding, embeddings"), _(
            "What the last hidden layer makes of a digit: a list of numbers. Digits that a model finds alike have "
            "similar lists."
        ), "embedding-map"),
        _term("embedding-map", _("embedding map, embedding maps"), _(
            "Digits as points on a plane, laid out so that digits that a model finds alike are close together."
        ), "embedding-map"),
        _term("t-sne", _("t-SNE"), _(
            "A way to lay out points of many dimensions on a plane so that near neighbours stay near. Distances "
            "between far groups, and the groups' sizes, mean little."
        ), "embedding-map"),
        _term("pca", _("PCA"), _(
            "Principal component analysis: it looks at points of many dimensions from the side from which they are "
            "spread most. It is quicker than t-SNE and tears groups apart less neatly."
        ), "embedding-map"),
        _term("prune", _("prune, prunes, pruned, pruning"), _(
            "To leave out what matters least: units of a trained network, to see how many it really needs, or trials "
            "of a sweep that fall behind others, to save time."
        ), "draw", "sweep"),
        _term("logit", _("logit, logits"), _(
            "The ten numbers at the end of a network before they are turned into probabilities; the largest wins."
        ), "models"),
    ]  # fmt: skip


def _training() -> list[Term]:
    return [
        _term("epoch", _("epoch, epochs"), _(
            "One pass of a training through all training digits. A training takes several: each time, the network "
            "gets a little better."
        ), "curves", "retrain"),
        _term("batch", _("batch, batches, batch size"), _(
            "Some digits, often 128, that a network looks at before it changes its weights once. An epoch consists of"
            " many batches."
        ), "retrain"),
        _term("learning-rate", _("learning rate, learning rates"), _(
            "How far training changes the weights at each step. Too small, and it hardly gets anywhere; too large, "
            "and it jumps past the goal."
        ), "retrain", "sweep", "curves"),
        _term("gradient", _("gradient, gradients"), _(
            "In which direction, and how steeply, the loss would rise if the weights were changed a little. Training "
            "goes the opposite way."
        ), "retrain"),
        _term("schedule", _("schedule, learning-rate schedule"), _(
            "How the learning rate changes during a training: constant, or rising at first and then falling to 0 "
            "along a cosine, so that the last steps are small."
        ), "retrain", "sweep"),
        _term("ema", _("EMA, weight averaging, averaged weights"), _(
            "Answering with the average of the weights of the latest steps instead of the last ones, which evens out "
            "the last steps' to and fro."
        ), "retrain", "models"),
        _term("fine-tuning", _("fine-tuning"), _(
            "Training a trained network further with new examples, instead of starting from random weights."
        ), "retrain"),
        _term("optimizer", _("optimizer, optimizers, Adam, AdamW, SGD, RMSprop"), _(
            "The rule by which a training turns errors into changes of the weights. Adam, AdamW, SGD and RMSprop are "
            "such rules."
        ), "retrain", "sweep"),
        _term("momentum", _("momentum"), _(
            "How much of what was before goes on, like a rolling ball: steps go on in their direction, or averaged "
            "weights change only slowly."
        ), "retrain", "models"),
        _term("dropout", _("dropout"), _(
            "Switching off some units at random at each step of a training, so that the network does not rely on "
            "single units. When it answers, all of them work."
        ), "retrain", "models"),
        _term("early-stopping", _("early stopping, stopped early"), _(
            "Ending a training as soon as it has not got better on validation digits for some epochs."
        ), "retrain", "models"),
        _term("overfitting", _("overfitting, overfit, overfits, overfitted"), _(
            "Learning training digits by heart instead of what they have in common. Such a network gets better on "
            "digits it knows and worse on new ones."
        ), "curves"),
        _term("augmentation", _("augmentation"), _(
            "Distorting training digits a little, anew in every epoch, so that a network sees more ways to write a "
            "digit than there are examples."
        ), "retrain"),
        _term("distortion", _("distortion, distortions"), _(
            "A change of a whole picture: turned, shifted, thicker, blurred, noisy and so on. People still read the "
            "digit."
        ), "robustness", "draw", "retrain"),
        _term("distillation", _("distillation, teacher"), _(
            "Letting a small network learn the answers of a larger one, its teacher, instead of the bare labels. How "
            "sure the teacher is of each digit says more than a label does."
        ), "retrain", "models", only=("retrain", "models", "curves", "sweep")),
        _term("seed", _("seed, seeds"), _(
            "The number from which all chance of a training follows. With the same seed, the same machine trains the "
            "same network again."
        ), "retrain", "models"),
        _term("hyperparameter", _("hyperparameter, hyperparameters"), _(
            "What people choose before a training, such as the learning rate and the number of epochs; in contrast to"
            " parameters, which the training finds."
        ), "retrain", "sweep"),
        _term("recipe", _("recipe, recipes"), _(
            "All hyperparameters of a training together: whoever has the recipe can train the same again."
        ), "retrain", "models"),
        _term("preset", _("preset, presets"), _(
            "A recipe to start from: quick enough for a demonstration, as published, or the best that we know."
        ), "retrain"),
        _term("challenger", _("challenger, challengers"), _(
            "A newly trained model that waits. Only when somebody promotes it does it answer instead of the model in "
            "service."
        ), "retrain", "models"),
        _term("promote", _("promote, promoted, promotes"), _(
            "To put a challenger into service. The model before it is kept, and can be brought back."
        ), "retrain"),
        _term("sweep", _("sweep, sweeps"), _(
            "Many trainings of one network in a row, each with other settings, to find good ones."
        ), "sweep"),
        _term("study", _("study, studies"), _("The record of a sweep: all its trials and what came of them."), "sweep"),
        _term("trial", _("trial, trials"), _("One training of a sweep, with settings of its own."), "sweep"),
        _term("fanova", _("fANOVA"), _(
            "A way to tell how much of the differences between trials comes from each setting."
        ), "sweep"),
    ]  # fmt: skip


def _judging() -> list[Term]:
    return [
        _term("accuracy", _("accuracy"), _(
            "The share of digits that a model reads right. 99% sounds like a lot, and still is one mistake in a "
            "hundred."
        ), "models", "curves", "confusion"),
        _term("loss", _("loss, losses"), _(
            "One number for how wrong a model is, which training makes smaller. It also counts how sure the model is:"
            " a mistake made with certainty costs most."
        ), "curves", "retrain", "models"),
        _term("nats", _("nats, nat"), _(
            "The unit of loss. 0 nats: the model was certain of the right digit. 0.69: it gave the right digit 50%. "
            "2.3: it gave it 10%, as by guessing."
        ), "curves", "models"),
        _term("mnist", _("MNIST"), _(
            "70,000 digits that Americans wrote by hand, as small grey pictures. The best known data set for learning"
            " to read, since 1998."
        ), "dataset"),
        _term("label", _("label, labels, labelled, true digit"), _(
            "What people say a digit is. A model learns from labels and is judged by them, and some of them are "
            "wrong."
        ), "dataset", "mistakes"),
        _term("split", _("split, splits"), _(
            "A part of the digits with a purpose of its own: training digits to learn from, validation digits to "
            "choose by, test digits to report on."
        ), "dataset"),
        _term("training-digits", _("training digits, training digit"), _(
            "The digits from which a model learns."
        ), "dataset"),
        _term("validation-digits", _(
            "validation digits, validation digit, validation loss, validation accuracy, validation"
        ), _(
            "Digits that a model does not learn from, by which people choose: when to stop, which settings, which "
            "model."
        ), "dataset", "retrain"),
        _term("test-digits", _("test digits, test digit, test accuracy"), _(
            "Digits that nobody used to learn or to choose. So they alone say how well a model reads what it has "
            "never seen."
        ), "dataset", "models"),
        _term("held-out", _("held-out digits, held-out digit, held-out"), _(
            "Digits that a model was not trained on: validation and test digits."
        ), "dataset", "confusion"),
        _term("confidence", _("confidence"), _(
            "How probable a model itself finds its answer. Whether that can be believed is another question: see "
            "calibration."
        ), "calibration", "draw"),
        _term("calibration", _("calibration, calibrated"), _(
            "Whether confidence is honest: of all answers that are 90% sure, nine in ten should be right."
        ), "calibration"),
        _term("calibration-error", _("expected calibration error, calibration error"), _(
            "How far confidence and accuracy are apart, on average over all answers. 0 would be perfectly honest."
        ), "calibration", "models"),
        _term("temperature", _("temperature"), _(
            "A number by which a model's logits are divided to make its confidence more honest: above 1 it becomes "
            "less sure. Its answers stay the same."
        ), "models", "calibration"),
        _term("interval", _("95% interval, 95% intervals, 95% confidence interval"), _(
            "A range that says how much chance there is in a share. With few digits it is wide: the true share could "
            "be anywhere in it."
        ), "calibration"),
        _term("confusion-matrix", _("confusion matrix, confusion matrices"), _(
            "A table of what digits really are, against what a model says they are. On the diagonal it is right."
        ), "confusion"),
        _term("precision", _("precision"), _(
            "Of all digits that a model takes for a 4, say, the share that really are 4s."
        ), "confusion"),
        _term("recall", _("recall"), _("Of all 4s, say, the share that a model reads as 4."), "confusion"),
        _term("f1", _("F1"), _(
            "Precision and recall in one number, which is only high if both are (their harmonic mean)."
        ), "confusion", "models"),
        _term("macro-average", _("macro average, macro-averaged, mean over the ten digits"), _(
            "The mean of a figure over the ten digits, in which each digit counts the same, however often it occurs."
        ), "models"),
        _term("margin", _("margin, margins"), _(
            "How far the likeliest digit is ahead of the second. A small margin: it was close."
        ), "mistakes"),
        _term("contested", _("contested, contested label, contested labels"), _(
            "A label about which people disagree who looked at the digit again. Such a digit cannot be read safely by"
            " anybody."
        ), "mistakes"),
        _term("disputed", _("disputed label, disputed labels"), _(
            "A label of a drawing with which no model agrees, nor the digits that look most like it. It is probably "
            "wrong."
        ), "retrain"),
        _term("mcnemar", _("McNemar, McNemar's exact test"), _(
            "A test that compares two models on the same digits. It looks only at those that one reads right and the "
            "other wrong, and says how easily chance alone makes such a difference (p)."
        ), "retrain"),
        _term("points", _("percentage point, percentage points"), _(
            "The difference of two percentages: from 98% to 99% is one percentage point."
        ), "calibration"),
    ]  # fmt: skip


def _looking() -> list[Term]:
    return [
        _term("doubt", _("doubt, doubts, doubted"), _(
            "Why a picture is not taken for one digit: it resembles none, it has several, or there is hardly any ink. "
            "The model then only says which digit comes closest."
        ), "draw", only=("draw",)),
        _term("attribution", _("attribution, attributions, attribution map, attribution maps"), _(
            "How much each spot of ink speaks for or against an answer. It is found by erasing the spot and asking "
            "again."
        ), "draw"),
        _term("odds", _("odds, log-odds"), _(
            "How much likelier something is than not: at 90%, the odds are 9 to 1."
        ), "draw", only=("draw",)),
        _term("counterfactual", _("counterfactual, counterfactuals"), _(
            "The smallest change after which a model answers something else. It shows what the answer hangs on."
        ), "draw"),
        _term("28-by-28", _("28 × 28 pixels, 28 × 28"), _(
            "The size of MNIST's pictures: 28 rows of 28 grey values, 784 numbers. Every drawing is brought to it."
        ), "dataset", "draw"),
    ]  # fmt: skip


def _files() -> list[Term]:
    return [
        _term("tflite", _(".tflite, LiteRT"), _(
            "A file format for trained networks, small and quick enough for phones. This app answers with it; LiteRT "
            "is the program that runs it."
        ), "models"),
        _term("keras", _("Keras, .keras"), _(
            "A library for building and training networks, and its file format, with which a training can go on."
        ), "models"),
        _term("onnx", _("ONNX, .onnx"), _(
            "A file format for trained networks that many programs of many makers read."
        ), "models"),
        _term("png", _("PNG"), _("A file format for pictures that loses nothing."), "mistakes"),
        _term("csv", _("CSV"), _("A table as plain text, for spreadsheets and other programs."), "mistakes"),
    ]  # fmt: skip
