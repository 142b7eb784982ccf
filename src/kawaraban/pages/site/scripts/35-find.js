// The search box's suggestions come when somebody turns to it: their script is no part of a page that is read.
{
  const turned = (event) => {
    const box = event.target.closest && event.target.closest("find-box");
    if (!box) return;
    removeEventListener("focusin", turned);
    document.head.append(Object.assign(document.createElement("script"), { src: box.dataset.script }));
  };
  addEventListener("focusin", turned);
}
