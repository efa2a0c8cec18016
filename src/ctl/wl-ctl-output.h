/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/** "wirelinkctl: MESSAGE" on standard error. */
void wl_ctl_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
/** Prints @object on standard output, as one line or indented, and drops the reference to it. */
void wl_ctl_print_json(JsonObject *object, gboolean pretty);
/** FALSE, after saying so, if something could not be written to standard output. */
gboolean wl_ctl_finish_output(void);

/** A copy of @text that a terminal shows as it is: control and direction characters escaped. */
char *wl_ctl_harmless(const char *text);
/** At most @max columns of @text, with an ellipsis where something is missing; to be freed. */
char *wl_ctl_cut(const char *text, guint max);
/** Harmless and at most @max columns; to be freed. */
char *wl_ctl_quote(const char *text, guint max);
/** @text as a shell takes it: quoted where it has to be; to be freed. */
char *wl_ctl_shell_word(const char *text);
/** Columns that @text takes in a terminal. */
guint wl_ctl_width(const char *text);
/** "0 B", "1.5 KiB"; to be freed. */
char *wl_ctl_format_bytes(guint64 bytes);
/** "never", "12 s", "3 min", "2 h", "5 d" since @then; both unix seconds; to be freed. */
char *wl_ctl_format_age(gint64 then, gint64 now);
/** "12.3 ms", "-" for 0; @us in microseconds. */
char *wl_ctl_format_round_trip(guint64 us);
