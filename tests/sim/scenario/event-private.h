/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/run.h"

#include "scenario/advertise.h"
#include "world/liar/liars.h"

typedef void (*EventFunc)(Run *run, Event *event);

/** A kind of event, by its first word. */
typedef struct {
    const char *word;
    /* Reads the rest of the line; FALSE with *error. */
    gboolean (*parse)(Run *run, ScenarioLine *line, Event *event, GError **error);
    EventFunc run; /* NULL: `parse` sets it */
} EventKind;

/** An event of a line, with the data of its kind. Hosts, networks and NATs belong to the world. */
struct _Event {
    EventFunc run;
    GPtrArray *hosts; /* of SimHost, not owned */
    SimHost *a, *b;
    SimNet *net;
    SimNat *nat;
    SimStream *stream;
    char *text;
    GArray *prefixes; /* of WlPrefix */
    WlEndpoint endpoint;
    WlIp ip;
    gint64 duration;
    guint64 number;
    gboolean flag;
    gboolean unnoticed; /* it has no effect until a packet is sent */
    Advertisement *advertisement;
    SimLiars *liars;    /* not owned */
    ScenarioLine *line; /* its words are read when the event runs; not owned */
    guint at;
    SimTimer timer; /* when a ping is evaluated */
    Run *owner;
    guint64 ping;
};

/* Each table ends with an entry without a word. */
extern const EventKind event_member_kinds[];  /* event-member.c */
extern const EventKind event_network_kinds[]; /* event-network.c */
extern const EventKind event_traffic_kinds[]; /* event-traffic.c */
extern const EventKind event_config_kinds[];  /* event-config.c */
extern const EventKind event_lie_kinds[];     /* event-lie.c */

/** "HOST…": one or more, until the end of the line or "as". */
gboolean event_parse_hosts(Run *run, ScenarioLine *line, Event *event, GError **error);
