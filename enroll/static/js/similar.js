// While somebody types a question: what was answered before. The check page shows the same without this file.
(function () {
  'use strict';
  var box = document.querySelector('[data-similar]'), out = document.getElementById('similar');
  if (!box || !out || !window.fetch) return;
  var waiting = null, asked = '';
  box.addEventListener('input', function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      var text = box.value.trim();
      if (text === asked) return;
      asked = text;
      if (text.length < 3) { out.hidden = true; return; }
      fetch(box.dataset.similar + '?q=' + encodeURIComponent(text), { credentials: 'same-origin' }).then(function (answer) {
        return answer.ok ? answer.text() : '';
      }).then(function (html) {
        if (text !== asked) return;
        // Our own page, made by the same template as the check page.
        out.innerHTML = html;
        out.hidden = !html.trim();
      }).catch(function () { out.hidden = true; });
    }, 350);
  });
})();
