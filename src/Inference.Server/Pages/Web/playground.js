// The page: lanes, the one box that all of them hear, the models.
'use strict';

const MOST_LANES = 3;
const lanes = [];
let models = [];

const prompt = $('#prompt');
const isBusy = () => lanes.some((lane) => lane.isRunning);

function addLane() {
  const letter = [...'ABC'].find((one) => lanes.every((lane) => lane.letter !== one));
  const lane = new Lane(letter, models);
  $('.remove', lane.element).onclick = () => removeLane(lane);
  if (lanes.length > 0) lane.copyFrom(lanes.at(-1));
  lanes.push(lane);
  $('#lanes').append(lane.element);
  lane.isPinned = true;
  lane.stick();
  showLanes();
  return lane;
}

function removeLane(lane) {
  lane.stop();
  lane.element.remove();
  lanes.splice(lanes.indexOf(lane), 1);
  showLanes();
  prompt.focus();
}

function showLanes() {
  $('#lanes').dataset.count = lanes.length;
  $('#add').disabled = lanes.length === MOST_LANES;
  showBusy();
}

function showBusy() {
  const button = $('#send');
  button.replaceChildren(icon(isBusy() ? 'stop' : 'send'));
  button.setAttribute('aria-label', isBusy() ? 'Stop' : 'Send');
  button.title = isBusy() ? 'Stop (Esc)' : 'Send (Enter)';
  button.disabled = !isBusy() && prompt.value.trim() === '';
}

function submit() {
  const text = prompt.value.trim();
  if (text === '' || isBusy()) return;
  prompt.value = '';
  fit();
  for (const lane of lanes) lane.ask(text);
}

function stop() {
  for (const lane of lanes) lane.stop();
}

// As high as its text.
function fit() {
  prompt.style.height = 'auto';
  prompt.style.height = `${prompt.scrollHeight}px`;
  showBusy();
}

async function loadModels() {
  try {
    const response = await send('/v1/models');
    models = (await response.json()).data;
  } catch (error) {
    models = [];
    $('#status').textContent = `${error.title}. ${error.message}`;
    if (error.status === 401) apiKey.ask(loadModels);
  }
  for (const lane of lanes) lane.showModels(models);
  if (models.length === 1) document.title = `${models[0].id} · Inference`;
}

$('#composer').onsubmit = (event) => {
  event.preventDefault();
  if (isBusy()) stop();
  else submit();
};
prompt.oninput = fit;
prompt.onkeydown = (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
};
$('#add').onclick = () => {
  const lane = addLane();
  lane.element.scrollIntoView({ inline: 'center', block: 'nearest' });
  lane.model.focus();
};
$('#new').onclick = () => {
  for (const lane of lanes) lane.forget();
  prompt.focus();
};
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') stop();
  else if (event.key === '/' && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '')) {
    event.preventDefault();
    prompt.focus();
  }
});
addEventListener('running', (event) => {
  showBusy();
  if (event.detail) $('#status').textContent = event.detail;
});
addEventListener('idea', (event) => {
  prompt.value = event.detail;
  submit();
});
addEventListener('keychange', loadModels);

addLane();
loadModels();
