// Heartbeats of study that could not be sent: kept in the browser, and sent by the next page that has a line. The server
// decides what of it still counts; what belongs to a session that has ended, or to somebody else, counts for nothing.
(function () {
  'use strict';
  var NAME = 'enroll-study ', OLD = 10 * 60 * 1000, LATE = 8000;
  function stored(act) { try { return act(window.localStorage); } catch (e) { return null; } }
  function keep(address, queue) {
    stored(function (box) {
      if (queue.length) box.setItem(NAME + address, JSON.stringify({ at: Date.now(), queue: queue }));
      else box.removeItem(NAME + address);
    });
  }
  function fields(one) {
    var sent = { seq: one.seq };
    ['playing', 'present', 'leaving'].forEach(function (name) { if (one[name]) sent[name] = 'y'; });
    if (one.media_to !== undefined) { sent.media_from = one.media_from; sent.media_to = one.media_to; }
    if (one.late) sent.late_seconds = one.seconds;
    return sent;
  }
  function post(address, one) {
    var body = new URLSearchParams(fields(one)), token = document.querySelector('[name=csrf_token]');
    body.set('csrf_token', token ? token.value : '');
    var waiting = window.AbortController ? new AbortController() : null;
    var late = waiting && setTimeout(function () { waiting.abort(); }, LATE);
    return fetch(address, { method: 'POST', body: body, credentials: 'same-origin', signal: waiting ? waiting.signal : undefined })
      .then(function (answer) { clearTimeout(late); return answer; });
  }
  function sendOne(address) {
    var left = stored(function (box) { return JSON.parse(box.getItem(NAME + address)); });
    if (!left || !left.queue || Date.now() - left.at > OLD) { keep(address, []); return Promise.resolve(); }
    return left.queue.reduce(function (before, one, place) {
      return before.then(function () {
        one.late = true;
        return post(address, one).then(function (answer) {
          if (answer.status === 429 || answer.status >= 500) throw null;
          keep(address, left.queue.slice(place + 1));
        });
      });
    }, Promise.resolve()).catch(function () { /* no line yet: the next page tries again */ });
  }
  function send() {
    if (!window.fetch) return Promise.resolve();
    var names = stored(function (box) { return Object.keys(box); }) || [];
    return Promise.all(names.filter(function (name) { return name.indexOf(NAME) === 0; })
      .map(function (name) { return sendOne(name.slice(NAME.length)); }));
  }
  window.enrollLate = { keep: keep, fields: fields, send: send, sent: send() };
})();
