// The equipment check: what this browser and this device can do for this website. Nothing is recorded, nothing is sent.
(function () {
  'use strict';
  var d = document, root = d.querySelector('[data-equipment]'), button = d.querySelector('[data-try]');
  var view = d.querySelector('[data-view]'), stream = null, sound = null, label = button.querySelector('span'), text = label.textContent;
  var ROUNDS = 5, SLOW = 300, APART = 5;
  Array.prototype.forEach.call(d.querySelectorAll('[data-tries]'), function (one) { one.hidden = false; });

  // how: wait, good, soft, bad
  function say(what, how, number) {
    var words = d.querySelector('[data-say="' + what + '"]'), item = words.parentNode.parentNode;
    words.textContent = words.dataset[how].replace('#', number === undefined ? '' : number);
    item.querySelector('[data-mark]').textContent = { wait: '…', good: '✓', soft: '!', bad: '✗' }[how];
  }
  ['camera', 'microphone', 'connection', 'clock'].forEach(function (what) { say(what, 'wait'); });

  var can = Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.fetch);
  say('browser', can ? 'good' : 'bad');
  button.hidden = !can;

  function middle(list) { return list.slice().sort(function (a, b) { return a - b; })[Math.floor(list.length / 2)]; }
  function measure(left, ways, apart) {
    if (!left) {
      var way = Math.round(middle(ways)), off = Math.round(middle(apart) / 100) / 10;
      say('connection', way > SLOW ? 'soft' : 'good', way + ' ');
      say('clock', Math.abs(off) > APART ? 'soft' : 'good', Math.abs(off));
      return;
    }
    var sent = Date.now(), from = performance.now();
    fetch(root.dataset.equipment, { credentials: 'same-origin', cache: 'no-store' }).then(function (answer) {
      if (!answer.ok) throw answer;
      return answer.json();
    }).then(function (told) {
      var way = performance.now() - from;
      measure(left - 1, ways.concat(way), apart.concat(sent + way / 2 - told.at));
    }).catch(function () { say('connection', 'bad'); say('clock', 'bad'); });
  }
  if (window.fetch) measure(ROUNDS, [], []); else { say('connection', 'bad'); say('clock', 'bad'); }

  function stop() {
    if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
    if (sound) sound.close();
    stream = sound = null; view.hidden = true; label.textContent = text;
  }
  function listen(opened) {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!opened.getAudioTracks().length || !Context) { say('microphone', 'bad'); return; }
    sound = new Context();
    var ear = sound.createAnalyser(), wave = new Uint8Array(ear.fftSize);
    sound.createMediaStreamSource(opened).connect(ear);
    say('microphone', 'soft');
    (function hear() {
      if (!sound) return;
      ear.getByteTimeDomainData(wave);
      if (Math.max.apply(null, wave) > 140) { say('microphone', 'good'); return; }
      setTimeout(hear, 100);
    })();
  }
  function show(opened) {
    stream = stream || new MediaStream();
    opened.getTracks().forEach(function (track) { stream.addTrack(track); });
    label.textContent = button.dataset.stop;
  }
  // Each by itself: a missing microphone does not hide that the camera works.
  button.addEventListener('click', function () {
    if (stream) { stop(); return; }
    navigator.mediaDevices.getUserMedia({ video: true }).then(function (opened) {
      show(opened); view.srcObject = opened; view.hidden = false; view.play(); say('camera', 'good');
    }, function () { say('camera', 'bad'); }).then(function () {
      return navigator.mediaDevices.getUserMedia({ audio: true });
    }).then(function (opened) { show(opened); listen(opened); }, function () { say('microphone', 'bad'); });
  });
  window.addEventListener('pagehide', stop);
})();
