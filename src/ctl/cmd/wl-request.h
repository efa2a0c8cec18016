/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-command.h"

/** The result of parsing a command line. */
typedef enum {
    WL_PARSED_RUN,
    WL_PARSED_HELP,
    WL_PARSED_ERROR, /* which is printed */
} WlParsed;

/**
 * Parses @arguments, which follow the name of @command, into @self and the command's own options.
 */
WlParsed wl_request_parse(WlRequest *self, const WlCommand *command, char **arguments);
/** Loads what @command wants. An error is printed, and its exit status returned. */
WlExit wl_request_load(WlRequest *self, const WlCommand *command);
void wl_request_clear(WlRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WlRequest, wl_request_clear)

/** Prints the help of @command on standard output. */
void wl_request_print_help(const WlCommand *command);
/** The synopsis of @command, such as "status [PROFILE] [OPTION]..."; to be freed. */
char *wl_request_dup_usage(const WlCommand *command);
