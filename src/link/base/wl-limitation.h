/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * What this process does without, because the kernel or a security policy refused a call. One list
 * for the whole process, which serves one profile, as the log is. Main thread only.
 */
typedef struct {
    const char *id; /* static, for programs; docs/hardening.md lists them */
    char *text;     /* a sentence: what is lost, and the cause */
} WlLimitation;

/** Adds a limitation, or replaces that with the same id. Logs a warning if there was none. */
void wl_limitation_add(const char *id, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** The call succeeded after all. */
void wl_limitation_remove(const char *id);
/** The current ones, of WlLimitation, in the order in which they appeared. */
const GPtrArray *wl_limitations_get(void);
/** Calls @func(@user_data) after each change; NULL: no more. */
void wl_limitations_watch(void (*func)(gpointer user_data), gpointer user_data);
