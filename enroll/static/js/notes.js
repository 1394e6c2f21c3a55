// Keeps a note while one writes. Without it the button does the same.
(function () {
  'use strict';
  var box = document.querySelector('[data-note]'), form = box && box.querySelector('form');
  if (!form || !window.fetch) return;
  var state = box.querySelector('[data-note-state]'), text = form.querySelector('textarea');
  var waiting = null, flying = false, kept = text.value, RETRY = 5000;
  function save() {
    if (flying || text.value === kept) return;
    var sent = text.value;
    flying = true;
    fetch(box.dataset.note, { method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin', headers: { 'X-Requested-With': 'fetch' } })
      .then(function (r) { if (!r.ok && r.status !== 422) throw r; return r.json(); })
      .then(function (told) {
        flying = false; kept = sent; state.textContent = told.words;
        form.dispatchEvent(new CustomEvent('kept'));
        if (text.value !== kept) later(1500);
      })
      .catch(function () { flying = false; state.textContent = box.dataset.wLost; later(RETRY); });
  }
  function later(ms) { clearTimeout(waiting); waiting = setTimeout(save, ms); }
  text.addEventListener('input', function () { later(1500); });
  text.addEventListener('blur', save);
  document.addEventListener('visibilitychange', function () { if (document.hidden) save(); });
  window.addEventListener('online', save);
})();
