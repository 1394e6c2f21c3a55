// Asks again for the part of a page that others change meanwhile: <div data-refresh="address">.
(function () {
  'use strict';
  var parts = document.querySelectorAll('[data-refresh]');
  if (!parts.length || !window.fetch) return;

  function ask(part) {
    if (document.hidden) return;
    fetch(part.dataset.refresh, { credentials: 'same-origin', redirect: 'error' }).then(function (answer) {
      return answer.ok ? answer.text() : null;
    }).then(function (text) { if (text !== null) part.innerHTML = text; }, function () { /* the next time */ });
  }

  setInterval(function () { Array.prototype.forEach.call(parts, ask); }, 15000);
})();
