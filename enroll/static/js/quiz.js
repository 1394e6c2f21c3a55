// Saves the answers while one works, and hands in when the time is over. The page works without it: it has both buttons.
(function () {
  'use strict';
  var form = document.querySelector('form[data-quiz]');
  if (!form || !window.fetch) return;
  var words = form.dataset, state = form.querySelector('[data-quiz-state]'), waiting = null, flying = false, dirty = false;

  function save() {
    if (flying) { dirty = true; return; }
    flying = true; dirty = false;
    fetch(words.quiz, { method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin', headers: { 'X-Requested-With': 'fetch' } })
      .then(function (r) { if (!r.ok) throw r; state.textContent = words.wSaved; })
      .catch(function () { state.textContent = words.wUnsaved; dirty = true; })
      .then(function () { flying = false; if (dirty) later(); });
  }
  function later() { clearTimeout(waiting); waiting = setTimeout(save, 1500); }
  form.addEventListener('change', function (e) {
    var place = form.querySelector('.qmap a[href$="#' + e.target.closest('fieldset').id + '"]');
    if (place) place.classList.toggle('is-done', !!e.target.closest('fieldset').querySelector('input:checked'));
    later();
  });
  document.addEventListener('timeup', function () { form.submit(); });
})();
