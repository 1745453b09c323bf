"""From one page to another, without a link: a link would load the desk anew."""

import streamlit as st


def go(path: str, **query: str) -> None:
    """Go to a page of the registry, with this in its address. Called while a page is drawn."""
    from dashboard.views import views  # the registry imports the pages that call this

    view = next(one for one in views() if one.path == path)
    st.switch_page(st.Page(view.draw, title=view.title, url_path=view.path), query_params=query)
