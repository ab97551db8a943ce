// Shows how far a working out is without loading the page again, and loads it once when it is over.
const place = document.querySelector("[data-progress]");

async function look() {
  try {
    const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
    const { done, total, words: said, is_at_work: isAtWork } = await answer.json();
    if (!isAtWork) {
      window.location.reload();
      return;
    }
    const bar = place.querySelector("progress");
    place.querySelector("[data-progress-words]").textContent = said;
    if (total) {
      bar.max = total;
      bar.value = done;
    }
  } catch {
    // the next look may reach the server again
  }
  setTimeout(look, 1000);
}

if (place) setTimeout(look, 1000);
