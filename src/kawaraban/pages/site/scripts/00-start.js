// What a reader chose is remembered by the browser alone, and stands before the page is painted: nothing moves afterwards.
// Some browsers inside of other programs have no store, no workers, no sharing: what one lacks, its readers do without.
"use strict";
const root = document.documentElement;
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch (_) { /* for this page only */ } };
const recall = (name) => { try { return localStorage.getItem(name) || ""; } catch (_) { return ""; } };
const ready = (behave) => document.readyState === "loading" ? addEventListener("DOMContentLoaded", behave) : behave();
const element = (name, behaviour) => ready(() => { if (window.customElements) customElements.define(name, behaviour); });
if (recall("size")) root.dataset.size = recall("size");
if (recall("vertical") === "1" && root.lang === "ja") root.classList.add("vertical");
