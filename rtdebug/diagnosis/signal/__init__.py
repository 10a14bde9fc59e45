"""Measuring sound: samples in, figures out. No session, no file, no opinion; numpy only."""
