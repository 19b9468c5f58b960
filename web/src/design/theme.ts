/**
 * The library's theme: sizes, radii and defaults of its components; colours are in `tokens.css`.
 * It must never know a page. The build reads it too, to write the theme's variables.
 */

import {
  type ButtonProps,
  createTheme,
  type MantineColorsTuple,
  type MantineTheme,
  type MantineThemeOverride,
} from '@mantine/core';

/** The one green. Only what was computed in this browser wears it. */
const verified: MantineColorsTuple = [
  ...(['#e7f3f0', '#d3e9e4', '#a8d5cc', '#7ac0b3', '#54ae9e'] as const),
  ...(['#3ba391', '#2a9887', '#0f766e', '#0c655e', '#0a544e'] as const),
];
const pending: MantineColorsTuple = [
  ...(['#fdf3e1', '#f9e6c4', '#f3cd8c', '#eeb354', '#e99f2b'] as const),
  ...(['#dd8f17', '#cb7d10', '#b45309', '#9a4708', '#7f3a06'] as const),
];
const refused: MantineColorsTuple = [
  ...(['#fdecea', '#f9d3cf', '#f2a69f', '#ea776c', '#e44f42'] as const),
  ...(['#de3b2c', '#cb2e20', '#b42318', '#991d14', '#7d1710'] as const),
];

const FONT = "'Inter Variable', Inter, system-ui, 'Segoe UI', sans-serif";
const MONO = "'JetBrains Mono', ui-monospace, Menlo, Consolas, monospace";

/** What one does here most: ink on paper, in both schemes. */
const INK_BUTTON = {
  '--button-bg': 'var(--ink)',
  '--button-hover': 'color-mix(in srgb, var(--ink) 86%, var(--paper))',
  '--button-color': 'var(--paper)',
};

export const theme: MantineThemeOverride = createTheme({
  fontFamily: FONT,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: FONT, fontWeight: '620' },
  colors: { verified, pending, refused },
  primaryColor: 'verified',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '7px', lg: '11px', xl: '16px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '20px', xl: '28px' },
  fontSizes: { xs: '12.5px', sm: '13.5px', md: '14px', lg: '16px', xl: '20px' },
  components: {
    Button: {
      defaultProps: { size: 'xs', variant: 'default' },
      vars: (_theme: MantineTheme, { variant, color }: ButtonProps) => ({
        root: variant === 'filled' && color === undefined ? INK_BUTTON : {},
      }),
    },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Tooltip: {
      defaultProps: { openDelay: 250, transitionProps: { duration: 80 }, withArrow: false },
    },
    // Locking the page's scroll would write a style element, which the policy refuses.
    Modal: {
      defaultProps: {
        ...{ lockScroll: false, radius: 'lg', centered: true },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Drawer: { defaultProps: { lockScroll: false, closeButtonProps: { 'aria-label': 'Close' } } },
  },
});
