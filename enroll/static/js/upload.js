// A large file in pieces: a lost line is waited for, and the same file chosen again goes on where it stopped.
(function () {
  'use strict';
  var form = document.querySelector('form[data-pieces]');
  if (!form || !window.fetch || !window.Blob || !Blob.prototype.arrayBuffer) return;
  var words = form.dataset, bar = form.querySelector('progress'), state = form.querySelector('[data-pieces-state]');
  var token = form.querySelector('input[name=csrf_token]').value, RETRY = 3000, running = false;
  function say(text) { state.hidden = false; state.textContent = text; }
  function later(act) { say(words.wOffline); setTimeout(act, RETRY); }
  function failed(text) { running = false; bar.hidden = true; say(text); }

  form.addEventListener('submit', function (e) {
    var file = form.querySelector('input[type=file]').files[0];
    if (!file || running) { if (running) e.preventDefault(); return; }
    e.preventDefault(); running = true; bar.hidden = false; bar.value = 0;
    file.slice(0, 512).arrayBuffer().then(function (head) {
      begin(file, Array.prototype.map.call(new Uint8Array(head), function (n) { return ('0' + n.toString(16)).slice(-2); }).join(''));
    });
  });
  function begin(file, head) {
    var body = new URLSearchParams({ csrf_token: token, name: file.name, size: file.size, head: head, deliverable: form.querySelector('[name=deliverable]').value });
    fetch(words.pieces, { method: 'POST', body: body, credentials: 'same-origin' }).then(function (r) {
      if (r.status === 422) return r.json().then(function (told) { failed(told.words); });
      if (!r.ok) { failed(words.wReload); return null; }
      return r.json().then(function (told) { send(file, told.address, told.offset, told.piece); });
    }).catch(function () { later(function () { begin(file, head); }); });
  }
  function send(file, address, offset, size) {
    bar.value = offset / file.size; say(words.wSending.replace('{n}', Math.floor(100 * offset / file.size)));
    fetch(address, { method: 'PATCH', body: file.slice(offset, offset + size), credentials: 'same-origin',
      headers: { 'X-CSRFToken': token, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' } }).then(function (r) {
      if (r.status === 204 || r.status === 409) { send(file, address, Number(r.headers.get('Upload-Offset')), size); return null; }
      if (r.status === 422) return r.json().then(function (told) { failed(told.words); });
      if (r.status === 429 || r.status >= 500) throw r;
      if (!r.ok) { failed(words.wReload); return null; }
      return r.json().then(function (told) { window.location.href = told.address; window.location.reload(); });
    }).catch(function () { later(function () { ask(file, address, size); }); });
  }
  function ask(file, address, size) {
    fetch(address, { method: 'HEAD', credentials: 'same-origin' }).then(function (r) {
      if (!r.ok) { failed(words.wReload); return; }
      send(file, address, Number(r.headers.get('Upload-Offset')), size);
    }).catch(function () { later(function () { ask(file, address, size); }); });
  }
})();
