// Sets the colour scheme before the first paint, so that a dark page never flashes white.
// It must never do more: it runs before anything else.
(() => {
  const kept = localStorage.getItem('tallystick-colour-scheme');
  const dark =
    kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
