/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The window, for agents that expect nm-wirelink-auth-dialog to show one. It is a program of its
 * own, WL_AUTH_WINDOW_PROGRAM in the same directory, because it needs a toolkit and is installed
 * with the editor.
 *
 * It reads the keyfile of the external UI mode from standard input. When answered, it writes two
 * lines for each question, name and value, and exits with 0; when canceled, it exits with
 * WL_AUTH_WINDOW_CANCELED. Any other exit is a failure. */

#include "wl-auth-form.h"

#define WL_AUTH_WINDOW_PROGRAM  "nm-wirelink-auth-dialog-window"
#define WL_AUTH_WINDOW_CANCELED 1

/* Runs the window for the questions of @form and sets the answers. FALSE on error, which is
 * G_IO_ERROR_CANCELLED if the user canceled. */
gboolean wl_auth_window_ask(WlAuthForm *form, GError **error);
