// What Streamlit alone names, for scripts; for style sheets, streamlit_inside.css has it.
const PAGE_LINK = "[data-testid=stPageLink]";
const BUBBLE = "[data-testid=stTooltipContent]", BUBBLES = "#stFloatingOverlayPortal"; // help, and where it is while it is open
// Elements whose texts are Streamlit's own; menus and the names of buttons are where bubbles are.
const OWN_WORDS = `[data-testid^=stFileUploader], [data-testid^=stCameraInput], [data-testid=stSkipToContent], [data-testid^=stDataFrame], [data-testid$=VirtualDropdown], ${BUBBLES}`;
