/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** What wirelinkctl exits with; documented in its --help. */
typedef enum {
    WL_EXIT_OK = 0,
    WL_EXIT_FAILURE = 1,
    WL_EXIT_USAGE = 2,
    WL_EXIT_NOTHING = 3, /* no profile is active, or no such profile or peer */
    WL_EXIT_NOT_PERMITTED = 4,
    WL_EXIT_OTHER_VERSION = 5, /* the service is not of this version */
} WlExit;

typedef struct {
    const char *name;
    const char *arguments; /* for the usage line */
    const char *summary;
    WlExit (*run)(char **arguments); /* without the program and command names; NULL-terminated */
} WlCtlCommand;

WlExit wl_cmd_add(char **arguments);
WlExit wl_cmd_convert(char **arguments);
WlExit wl_cmd_decode(char **arguments);
WlExit wl_cmd_doctor(char **arguments);
WlExit wl_cmd_explain(char **arguments);
WlExit wl_cmd_facts(char **arguments);
WlExit wl_cmd_forget(char **arguments);
WlExit wl_cmd_genkey(char **arguments);
WlExit wl_cmd_link_local(char **arguments);
WlExit wl_cmd_map(char **arguments);
WlExit wl_cmd_new(char **arguments);
WlExit wl_cmd_peer(char **arguments);
WlExit wl_cmd_pubkey(char **arguments);
WlExit wl_cmd_refresh(char **arguments);
WlExit wl_cmd_status(char **arguments);
WlExit wl_cmd_sweep(char **arguments);
WlExit wl_cmd_watch(char **arguments);

/**
 * Takes the options in @entries out of @arguments, and leaves at most @max others in *rest (may be
 * NULL if @max is 0), to be freed with g_strfreev(). FALSE after saying what is wrong.
 */
gboolean wl_ctl_parse(const char *command, char **arguments, const GOptionEntry *entries, guint max,
                      char ***rest);
