/** A text into the clipboard; where the browser keeps that to itself, it is selected in its element instead. */
async function copied(text, node) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const fold = node.closest("details");
    if (fold) fold.open = true;
    if (node.select) {
      node.focus();
      node.select();
    } else {
      getSelection().selectAllChildren(node);
    }
    return document.execCommand("copy");
  }
}
