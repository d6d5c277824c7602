"""What Gradio's page loads, read out of files as its bundler writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gecko_qa.edges.web.preloads import preloads

PAGE = """<script type="module" crossorigin src="./assets/index-1.js"></script>
<link rel="stylesheet" crossorigin href="./assets/index-1.css">"""
ENTRY = """await f(()=>import(`./Index-2.js`),__vite__mapDeps([0,1,2,3]),import.meta.url);
const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./Index-2.js","./core-3.js",\
"./core-3.css","./index-1.css"])))=>i.map(i=>d[i]);"""
INDEX = """f(async()=>{let{default:e}=await import(`./Blocks-4.js`);return{default:e}},\
__vite__mapDeps([0,1]),import.meta.url);f(()=>import(`./Login-5.js`),__vite__mapDeps([2]),u);
const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./Blocks-4.js","./Blocks-4.css",\
"./Login-5.js"])))=>i.map(i=>d[i]);"""
CORE = """var c={uploadbutton:{component:()=>v(()=>import(`./Upload-6.js`),[],import.meta.url)},\
button:{example:()=>v(()=>import(`./Example-7.js`),__vite__mapDeps([0]),import.meta.url),\
component:()=>v(()=>import(`./Button-8.js`).then(e=>e.t),__vite__mapDeps([1,2]),u)},\
radio:{component:()=>v(()=>import(`./Radio-9.js`),__vite__mapDeps([3]),import.meta.url)}};
const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./Example-7.js","./Button-8.js",\
"./Button-8.css","./Radio-9.js"])))=>i.map(i=>d[i]);"""
WRITTEN = {"index-1.js": ENTRY, "Index-2.js": INDEX, "core-3.js": CORE}
OTHERS = [
    "index-1.css",
    "core-3.css",
    "Blocks-4.js",
    "Blocks-4.css",
    "Login-5.js",
    "Upload-6.js",
    "Example-7.js",
    "Button-8.js",
    "Button-8.css",
    "Radio-9.js",
]
ALWAYS = ["Index-2.js", "core-3.js", "core-3.css", "Blocks-4.js", "Blocks-4.css"]


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    for name in (*WRITTEN, *OTHERS):
        (tmp_path / "assets" / name).write_text(WRITTEN.get(name, ""))
    return tmp_path


def test_a_page_loads_its_frame_and_what_its_components_need(frontend: Path) -> None:
    assert preloads(frontend, ["button"]) == [*ALWAYS, "Button-8.js", "Button-8.css"]
    assert preloads(frontend, ["radio"]) == [*ALWAYS, "Radio-9.js"]
    assert preloads(frontend, ["uploadbutton"]) == [*ALWAYS, "Upload-6.js"]


def test_an_unknown_component_adds_nothing(frontend: Path) -> None:
    assert preloads(frontend, ["slider", "x.*"]) == ALWAYS


def test_a_file_that_is_not_there_is_left_out(frontend: Path) -> None:
    (frontend / "assets" / "core-3.css").unlink()
    (frontend / "assets" / "Blocks-4.js").unlink()
    assert preloads(frontend, []) == ["Index-2.js", "core-3.js", "Blocks-4.css"]


@pytest.mark.parametrize("name", ["index.html", "assets/index-1.js"])
@pytest.mark.parametrize("now", ["", "import(`./Index-2.js`)[7,1000]", None])
def test_files_written_in_another_way_name_nothing(
    frontend: Path, name: str, now: str | None
) -> None:
    if now is None:
        (frontend / name).unlink()
    else:
        (frontend / name).write_text(now)
    assert set(preloads(frontend, ["button"])) <= {"Index-2.js", "Blocks-4.js", "Blocks-4.css"}
