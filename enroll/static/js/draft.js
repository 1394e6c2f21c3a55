// Keeps the draft while one chooses. Without it the button does the same.
(function () {
  'use strict';
  var box = document.querySelector('[data-draft]'), form = box && box.querySelector('form');
  if (!form || !window.fetch) return;
  var states = document.querySelectorAll('[data-draft-state]'), waiting = null, flying = false, dirty = false, RETRY = 5000;
  function tell(words) { Array.prototype.forEach.call(states, function (one) { one.textContent = words; }); }
  function save() {
    if (flying) { dirty = true; return; }
    flying = true; dirty = false;
    fetch(box.dataset.draft, { method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin', keepalive: true, headers: { 'X-Requested-With': 'fetch' } })
      .then(function (r) {
        if (r.status === 409) { location.reload(); return null; }
        if (!r.ok && r.status !== 422) throw r;
        return r.json();
      })
      .then(function (told) {
        if (!told) return;
        tell(told.words);
        if (!told.page) return;
        form.elements.version.value = told.version;
        if (box.dataset.draft !== told.keep) {
          box.dataset.draft = told.keep; form.action = told.page;
          var asked = new URLSearchParams(location.search);
          asked.delete('window');
          history.replaceState(null, '', told.page + (asked.toString() && '?' + asked));
        }
      })
      .catch(function () { tell(box.dataset.wLost); dirty = true; })
      .then(function () { flying = false; if (dirty) { clearTimeout(waiting); waiting = setTimeout(save, RETRY); } });
  }
  form.addEventListener('change', save);
  window.addEventListener('online', function () { if (dirty) save(); });
})();
