/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"
#include "wl-front-end.h"

/** What a command works on; it is ready in the request before the command runs. */
typedef enum {
    WL_WANTS_NOTHING,
    WL_WANTS_FILE,           /* files that are named on the command line */
    WL_WANTS_BUS,            /* the system bus; the command reads the profiles itself */
    WL_WANTS_PROFILE,        /* the active profiles, or the one that the first operand names */
    WL_WANTS_PEER,           /* the peer that the first operand names */
    WL_WANTS_PEER_OR_STORED, /* the same, or a profile of NetworkManager that is not active */
    WL_WANTS_PEER_TO_CHANGE, /* the same, but not by a name that other members gave */
} WlWants;

/** What a command is run with. */
typedef struct {
    char **operands; /* NULL-terminated, checked against those of the command */
    gboolean json;
    GDBusConnection *bus;           /* with WL_WANTS_BUS and those below it */
    WlActiveProfiles *profiles;     /* with WL_WANTS_PROFILE and those below it */
    const WlActiveProfile *profile; /* of the peer */
    const WlActivePeer *peer;
    WlFrontEnd front_end; /* with WL_WANTS_PEER_OR_STORED and no peer: its profile is set */
} WlRequest;

/** A row of the table of commands, from which help and completion are made. */
typedef struct {
    const char *name;
    const char *operands; /* "PEER ADDRESS"; those in brackets are optional; NULL: none */
    const char *summary;
    WlWants wants;
    gboolean json;               /* takes --json */
    const GOptionEntry *options; /* its own, into static memory, or NULL */
    guint n_required;            /* the first of these are required: strings or flags */
    WlExit (*check)(const WlRequest *request); /* of the operands, before anything is loaded */
    WlExit (*run)(WlRequest *request);
} WlCommand;

extern const WlCommand wl_command_add;
extern const WlCommand wl_command_add_lan;
extern const WlCommand wl_command_cleanup;
extern const WlCommand wl_command_convert;
extern const WlCommand wl_command_decode;
extern const WlCommand wl_command_doctor;
extern const WlCommand wl_command_down;
extern const WlCommand wl_command_events;
extern const WlCommand wl_command_exit;
extern const WlCommand wl_command_explain;
extern const WlCommand wl_command_facts;
extern const WlCommand wl_command_forget;
extern const WlCommand wl_command_genkey;
extern const WlCommand wl_command_ip;
extern const WlCommand wl_command_link_local;
extern const WlCommand wl_command_log;
extern const WlCommand wl_command_map;
extern const WlCommand wl_command_new;
extern const WlCommand wl_command_offer_exit;
extern const WlCommand wl_command_peer;
extern const WlCommand wl_command_ping;
extern const WlCommand wl_command_pubkey;
extern const WlCommand wl_command_refresh;
extern const WlCommand wl_command_remove;
extern const WlCommand wl_command_rename;
extern const WlCommand wl_command_router;
extern const WlCommand wl_command_set_endpoint;
extern const WlCommand wl_command_share_lan;
extern const WlCommand wl_command_status;
extern const WlCommand wl_command_trust;
extern const WlCommand wl_command_up;
extern const WlCommand wl_command_watch;

/** All commands in the order of --help; NULL-terminated. */
const WlCommand *const *wl_command_list(void);
/** The name of the command that @name is most likely meant to be, or NULL if none is similar. */
const char *wl_command_guess(const char *name);
/** The command called @name, or NULL. */
const WlCommand *wl_command_find(const char *name);
