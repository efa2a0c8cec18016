/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/** Prints "wirelinkctl: MESSAGE" on standard error. */
void wl_print_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
/** Prints "wirelinkctl: warning: ..." on standard error for each of @warnings (of char *). */
void wl_print_warnings(const GPtrArray *warnings);
/** Prints @object on standard output, on one line or indented, and drops the reference to it. */
void wl_print_json(JsonObject *object, gboolean pretty);
/** FALSE, after an error message, if something could not be written to standard output. */
gboolean wl_print_finish(void);
