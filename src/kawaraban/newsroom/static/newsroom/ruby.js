// Ruby in the editor: a button, and 青空文庫's notation turned into it as it is typed or pasted.
(() => {
  if (window.kawarabanRuby) return; // each editor asks for this file
  window.kawarabanRuby = true;
  const { EditorState, Modifier, RichUtils, SelectionState } = window.DraftJS;
  const { createElement, Component } = window.React;
  const NOTATION = /[｜|]([^｜|《》\n]{1,40})《([^《》\n]{1,60})》|([\u3400-\u9fff々〆ヶ]{1,20})《([ぁ-ゖァ-ヺー・]{1,60})》/g;

  class RubySource extends Component {
    componentDidMount() {
      const { editorState, entityKey, entity, onComplete, onClose } = this.props;
      const selection = editorState.getSelection(), content = editorState.getCurrentContent();
      if (selection.isCollapsed() && !entity) { onClose(); return; }
      const reading = window.prompt(window.gettext("Reading (empty: no ruby)"), entity ? entity.getData().reading : "");
      if (reading === null) { onClose(); return; }
      const said = reading.trim();
      if (!said) onComplete(RichUtils.toggleLink(editorState, whole(editorState, entityKey), null));
      else if (entity) onComplete(EditorState.push(editorState, content.mergeEntityData(entityKey, { reading: said }), "apply-entity"));
      else onComplete(RichUtils.toggleLink(editorState, selection, content.createEntity("RUBY", "IMMUTABLE", { reading: said }).getLastCreatedEntityKey()));
    }
    render() { return null; }
  }

  // The letters that an entity lies over, if the caret only stands in it.
  const whole = (editorState, entityKey) => {
    let selection = editorState.getSelection();
    if (!entityKey || !selection.isCollapsed()) return selection;
    const block = editorState.getCurrentContent().getBlockForKey(selection.getStartKey());
    block.findEntityRanges((letter) => letter.getEntity() === entityKey, (start, end) => {
      selection = selection.merge({ anchorOffset: start, focusOffset: end, isBackward: false });
    });
    return selection;
  };

  // Drawn by the style sheet: text that is not the story's would confuse the editor's own counting.
  const Ruby = ({ contentState, entityKey, children }) =>
    createElement("span", { className: "desk-ruby", "data-reading": contentState.getEntity(entityKey).getData().reading }, children);

  const noted = (editorState) => {
    if (editorState.isInCompositionMode()) return editorState;
    const caret = editorState.getSelection();
    let content = editorState.getCurrentContent(), changed = false, offset = caret.getFocusOffset();
    for (const block of content.getBlocksAsArray()) {
      for (const match of [...block.getText().matchAll(NOTATION)].reverse()) {
        const base = match[1] || match[3], end = match.index + match[0].length;
        content = content.createEntity("RUBY", "IMMUTABLE", { reading: match[2] || match[4] });
        const place = SelectionState.createEmpty(block.getKey()).merge({ anchorOffset: match.index, focusOffset: end });
        content = Modifier.replaceText(content, place, base, block.getInlineStyleAt(match.index), content.getLastCreatedEntityKey());
        if (block.getKey() === caret.getFocusKey() && end <= caret.getFocusOffset()) offset -= match[0].length - base.length;
        changed = true;
      }
    }
    if (!changed) return editorState;
    const at = SelectionState.createEmpty(caret.getFocusKey()).merge({ anchorOffset: offset, focusOffset: offset, hasFocus: caret.getHasFocus() });
    return EditorState.forceSelection(EditorState.push(editorState, content, "insert-characters"), at);
  };

  window.draftail.registerPlugin({ type: "RUBY", source: RubySource, decorator: Ruby }, "entityTypes");
  window.draftail.registerPlugin({ type: "RUBY_NOTATION", onChange: noted }, "plugins");
})();
