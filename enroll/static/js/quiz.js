// Saves the answers while one works, and hands in when the time is over. The page works without it: it has both buttons.
(function () {
  'use strict';
  var form = document.querySelector('form[data-quiz]');
  if (!form || !window.fetch) return;
  var words = form.dataset, state = form.querySelector('[data-quiz-state]'), waiting = null, flying = false, dirty = false;

  // What the server now has: a page that says so overwrites nothing that another device has chosen meanwhile.
  function chosen(name) {
    return Array.prototype.filter.call(form.querySelectorAll('[name="' + name + '"]'), function (box) {
      return box.type === 'radio' || box.type === 'checkbox' ? box.checked : box.value.trim();
    }).map(function (box) { return box.value; });
  }
  function snapshot() {
    return Array.prototype.map.call(form.querySelectorAll('[data-seen]'), function (kept) { return [kept, JSON.stringify(chosen(kept.dataset.seen))]; });
  }
  function save() {
    if (flying) { dirty = true; return; }
    flying = true; dirty = false;
    var sent = new URLSearchParams(new FormData(form)), kept = snapshot();
    fetch(words.quiz, { method: 'POST', body: sent, credentials: 'same-origin', headers: { 'X-Requested-With': 'fetch' } })
      .then(function (r) {
        if (r.status === 409) { location.reload(); return; }
        if (!r.ok) throw r;
        state.textContent = words.wSaved;
        kept.forEach(function (pair) { pair[0].value = pair[1]; });
      })
      .catch(function () { state.textContent = words.wUnsaved; dirty = true; })
      .then(function () { flying = false; if (dirty) later(); });
  }
  function later() { clearTimeout(waiting); waiting = setTimeout(save, 1500); }
  function touched(e) {
    var field = e.target.closest('fieldset');
    if (!field) return;
    var place = form.querySelector('.qmap a[href$="#' + field.id + '"]');
    if (place) place.classList.toggle('is-done', chosen(e.target.name).length > 0);
    later();
  }
  form.addEventListener('change', touched);
  form.addEventListener('input', function (e) { if (e.target.matches('textarea, input:not([type="radio"]):not([type="checkbox"])')) touched(e); });
  window.addEventListener('online', save);
  document.addEventListener('timeup', function () { form.submit(); });
})();
