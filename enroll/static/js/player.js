// Timed study: tells the server that somebody is here. The server's clock alone decides what counts.
(function () {
  'use strict';
  var box = document.querySelector('[data-study]');
  if (!box || !window.fetch) return;
  var words = box.dataset, video = words.video && document.querySelector('#' + words.video + ' video');
  function part(name) { return box.querySelector('[data-study-' + name + ']'); }
  var clock = part('clock'), state = part('state'), toggle = part('toggle'), ask = part('ask'), answer = part('answer');
  var title = document.title, RETRY = 5000, total = Number(words.total);

  var session = null;      // what the server opened: address of the heartbeats and how to count
  var before = Number(words.before), credited = 0, first = 0;
  var seq = 0, playing = false, stopped = false, finished = false, wanted = true, opening = false;
  var since = null;        // when counting went on (this device's clock, for the display only)
  var timer = null, flying = false, present = false, seekNote = '';
  var from = 0, furthest = 0, checking = null, limited = false;
  var queue = [], mark = 0, lost = false;  // heartbeats that have not arrived yet; where the next one begins

  function say(text) { if (state.textContent !== text) state.textContent = text; }
  function shown() { return before + credited + (since === null ? 0 : Math.floor((performance.now() - since) / 1000)); }
  function draw() {
    var s = Math.min(shown(), total);
    clock.textContent = Math.floor(s / 60) + ':' + (s % 60 < 10 ? '0' : '') + (s % 60);
    if (session && session.left_today <= credited && !limited) { limited = true; say(words.wLimit); }
  }
  setInterval(draw, 1000);
  function paused() {
    since = null; draw();
    say(words.wPaused.replace('{n}', Math.floor(Math.max(before + credited - first, 0) / 60)));
    toggle.textContent = toggle.dataset.go;
  }
  function counting() {
    since = performance.now(); say(seekNote || (limited ? words.wLimit : words.wCounting)); seekNote = '';
    toggle.textContent = toggle.dataset.pause;
  }
  function mustPlay() { return video && session && furthest < session.video - 3; }  // the film comes first

  function post(address, fields) {
    var body = new URLSearchParams(fields);
    body.set('csrf_token', words.token);
    // A line that hangs is a line that is gone: say so, and try again.
    var waiting = window.AbortController ? new AbortController() : null;
    var late = waiting && setTimeout(function () { waiting.abort(); }, Math.max((session ? session.heartbeat : 20) * 500, 4000));
    return fetch(address, { method: 'POST', body: body, credentials: 'same-origin', keepalive: true, signal: waiting ? waiting.signal : undefined })
      .then(function (r) { clearTimeout(late); return r; });
  }
  function ms() { return Math.round((video ? video.currentTime : 0) * 1000); }

  // Opening: the newest page counts; another one is told by the server.
  function open() {
    if (session || opening || finished) return;
    opening = true;
    post(words.start, {}).then(function (r) {
      if (r.status === 409) return r.json().then(function (told) { stop(told.words); });
      if (!r.ok) throw r;
      return r.json().then(function (told) {
        session = told; seq = 0; credited = 0; before = told.before; stopped = false;
        if (!first) first = before;
        furthest = Math.max(furthest, told.furthest);
        if (video && told.position && video.currentTime < 1) video.currentTime = told.position;
        from = ms(); mark = performance.now(); queue = []; playing = !video || !mustPlay() || !video.paused;
        if (playing) counting(); else { say(words.wWaiting); since = null; beat(); }
        schedule();
      });
    }).catch(function (r) { if (r && r.status >= 400 && r.status < 500) stop(words.wReload); else { say(words.wNoline); setTimeout(function () { opening = false; open(); }, RETRY); return; } }).then(function () { opening = false; });
  }
  function schedule() { clearTimeout(timer); if (session && playing) timer = setTimeout(beat, session.heartbeat * 1000); }

  // Heartbeats go one at a time and in order. What does not arrive is kept, also over a reload (app.js sends what a page
  // left behind), and goes late: the server counts it as far back as the programme lets it.
  function cut(leaving) {
    var now = performance.now(), seconds = Math.max(0, Math.floor((now - mark) / 1000));
    var one = { seq: ++seq, seconds: seconds, playing: playing && !leaving, present: present, leaving: leaving };
    mark += seconds * 1000; present = false;
    if (video) { one.media_from = Math.min(from, ms()); one.media_to = ms(); from = ms(); }
    queue.push(one);
    if (queue.length > 60) queue.shift();
  }
  function keep() { if (session) window.enrollLate.keep(session.beats, queue); }
  function beat() {
    if (!session) return;
    cut(false); keep(); flush(); schedule();
  }
  function flush() {
    if (flying || !session || !queue.length) return;
    var sent = queue[0], here = session;
    flying = true;
    post(here.beats, window.enrollLate.fields(sent)).then(function (r) {
      if (r.status === 429) throw null;
      if (!r.ok) { stop(words.wReload); return null; }
      return r.json();
    }).then(function (told) {
      flying = false;
      if (!told || here !== session) return;
      lost = false; queue.shift(); keep(); hear(told); flush();
    }).catch(function () {
      flying = false;
      if (here !== session) return;
      lost = true; queue.forEach(function (one) { one.late = true; }); keep();
      since = null; say(words.wOffline.replace('{n}', here.offline));
      setTimeout(flush, RETRY);
    });
  }
  function hear(told) {
    credited = told.credited;
    if (video && playing) furthest = Math.max(furthest, video.currentTime);
    if (told.back_to !== null && video && told.back_to < video.currentTime) { video.currentTime = told.back_to; from = told.back_to * 1000; seekNote = words.wSkip; }
    if (told.state === 'ended') { ended(told); return; }
    if (told.state === 'check') question(told.check_left, ''); else closeQuestion();
    if (told.why === 'presence_missed') { playing = false; if (video) video.pause(); question(0, told.words); return; }
    if (playing) counting(); else if (!mustPlay() || !video.paused) paused(); else say(before + credited ? words.wPaused.replace('{n}', Math.floor(Math.max(before + credited - first, 0) / 60)) : words.wWaiting);
  }
  function ended(told) {
    clearTimeout(timer); queue = []; keep(); session = null; playing = false; since = null; closeQuestion();
    before += credited; credited = 0; draw();
    if (told.why === 'completed') { finished = true; say(words.wDone); part('done').hidden = false; toggle.hidden = true; return; }
    if (told.why === 'silent' && wanted && !document.hidden) { open(); return; }
    stop(told.words);
  }
  function stop(text) {
    stopped = true; clearTimeout(timer); queue = []; keep(); session = null; playing = false; since = null; closeQuestion();
    if (video) video.pause();
    say(text); toggle.textContent = toggle.dataset.go;
  }

  // Are you there? In the page, reachable by keyboard, with the seconds that are left.
  function question(left, why) {
    var fresh = ask.hidden;
    ask.hidden = false; clearInterval(checking);
    var end = performance.now() + left * 1000;
    function tick() { part('why').textContent = why || words.wLeft.replace('{n}', Math.max(0, Math.round((end - performance.now()) / 1000))); }
    tick(); if (!why) checking = setInterval(tick, 1000);
    document.title = words.wCheck + ' ' + title;
    if (fresh) answer.focus();
  }
  function closeQuestion() { if (ask.hidden) return; ask.hidden = true; clearInterval(checking); document.title = title; }
  answer.addEventListener('click', function () { present = true; wanted = true; closeQuestion(); go(); });

  function go() {
    wanted = true;
    if (finished) return;
    if (!session) { open(); return; }
    if (mustPlay()) { if (video.paused) { video.play(); return; } }
    playing = true; beat();
  }
  function pause() { if (!session || !playing) return; playing = false; paused(); beat(); }
  toggle.addEventListener('click', function () {
    if (session && playing) { wanted = false; if (video && !video.paused) video.pause(); pause(); } else if (mustPlay()) { video.play(); wanted = true; if (!session) open(); } else go();
  });

  // The locked screen and the page in the background: said at once, and gone on with by itself.
  document.addEventListener('visibilitychange', function () {
    if (document.hidden) { if (video && !video.paused) video.pause(); pause(); }
    else if (wanted && !stopped && !mustPlay()) go();
  });
  window.addEventListener('pagehide', function () {
    if (!session) return;
    cut(true);
    // With a line the last heartbeat goes at once; without one it waits with the others for the next page.
    if (!lost && navigator.onLine !== false) {
      var body = new URLSearchParams(window.enrollLate.fields(queue[queue.length - 1]));
      body.set('csrf_token', words.token);
      if (!navigator.sendBeacon || !navigator.sendBeacon(session.beats, body)) post(session.beats, Object.fromEntries(body));
      queue = [];
    }
    queue.forEach(function (one) { one.late = true; });
    keep(); session = null; playing = false; since = null; clearTimeout(timer);
  });
  window.addEventListener('pageshow', function (e) {
    if (e.persisted && wanted && !finished) { before = shown(); credited = 0; window.enrollLate.send().then(open); }
  });
  window.addEventListener('online', function () { if (session) beat(); else if (wanted && !stopped) open(); });

  if (video) {
    video.addEventListener('play', function () { wanted = true; if (!session) { if (!stopped) open(); else go(); return; } if (mustPlay()) { from = ms(); playing = true; beat(); } });
    video.addEventListener('pause', function () { if (mustPlay() && !video.seeking && !video.ended) pause(); });
    video.addEventListener('ended', function () { furthest = Math.max(furthest, video.currentTime); if (session) { playing = true; beat(); } });
    video.addEventListener('timeupdate', function () { if (!video.seeking && video.currentTime <= furthest + 1.5) furthest = Math.max(furthest, video.currentTime); });
    // First view: back as far as one likes, ahead not beyond what was seen.
    video.addEventListener('seeking', function () {
      if (session && !session.seek_ahead && mustPlay() && video.currentTime > furthest + 1.5) { video.currentTime = furthest; say(words.wSkip); seekNote = words.wSkip; }
    });
    video.addEventListener('seeked', function () { from = ms(); });
    video.addEventListener('ratechange', function () { if (mustPlay() && video.playbackRate !== 1) video.playbackRate = 1; });
    say(words.wWaiting);
    window.enrollLate.sent.then(function () { if (!video.paused) open(); });
  } else window.enrollLate.sent.then(function () { if (!document.hidden) open(); });
})();
