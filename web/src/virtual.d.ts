/** Modules that the build makes (vite.config.ts). It must never declare what a package has. */

declare module 'virtual:theme.css';
