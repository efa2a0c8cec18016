/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-auth-form.h"

/**
 * The window, for agents that expect this program to show one. It is a program of its own, because
 * it needs a toolkit and comes with the editor: WL_AUTH_WINDOW_PROGRAM in the directory of this
 * one.
 *
 * It gets the keyfile of the external UI mode on its standard input. Answered, it writes two lines
 * for each secret that should be asked, name and value, and ends with 0; cancelled, it ends with
 * WL_AUTH_WINDOW_CANCELLED. Any other end is a failure.
 */
#define WL_AUTH_WINDOW_PROGRAM   "nm-wirelink-auth-dialog-window"
#define WL_AUTH_WINDOW_CANCELLED 1

/**
 * Has the window ask what @form asks, and takes the answers. FALSE with *error
 * (G_IO_ERROR_CANCELLED if the user did so) otherwise.
 */
gboolean wl_auth_window_ask(WlAuthForm *form, GError **error);
