// What Streamlit alone names, for scripts; for style sheets, streamlit_inside.css has it.
const PAGE_LINK = "[data-testid=stPageLink]";
const BUBBLE = "[data-testid=stTooltipContent]", BUBBLES = "#stFloatingOverlayPortal"; // help, and where it is while it is open
