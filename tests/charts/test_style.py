from digitlab.charts import style


def test_dark_pages_have_the_style_sheets_dark_colours():
    light = f'{{"range": ["{style.FAMILY_COLOURS["DNN"]}", "{style.FAMILY_COLOURS["CNN"]}", "#8C8C8C"]}}'
    assert style.on_dark(light) == '{"range": ["#56b4e9", "#ff9d5c", "#8C8C8C"]}'


def test_no_two_colours_become_one_on_dark_pages():
    dark = style.on_dark(" ".join(style.COLOURS)).split()
    assert len({colour.lower() for colour in dark}) == len(style.COLOURS)
