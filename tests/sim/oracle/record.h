/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/host.h"

/**
 * How well off the honest native members of a world are, to compare the same world with lies and
 * without: every second which pairs are direct and which reach each other, and at the end what each
 * member has spent.
 */
typedef struct _Record Record;

/** What the untrusted members of the compared worlds may do. */
typedef enum {
    RECORD_TRUST_NONE,     /* nothing */
    RECORD_TRUST_ENDPOINT, /* name endpoints, which are tried */
    RECORD_TRUST_N,
} RecordTrust;

/** A quantity that is compared. */
typedef enum {
    RECORD_DIRECT,      /* s from an event until the pair is direct */
    RECORD_UNREACHABLE, /* s without a path between two events */
    RECORD_INDIRECT,    /* s not direct between two events */
    RECORD_DATAGRAMS,   /* of facts, to honest members */
    RECORD_BYTES,       /* of WireGuard */
    RECORD_INITIATIONS,
    RECORD_WAKEUPS,
    RECORD_SNAPSHOTS,
    RECORD_DEVICE_CHANGES,
    RECORD_STATE_CHANGES, /* of honest peers */
    RECORD_LOG_LINES,
    RECORD_SAVES,
    RECORD_N,
} RecordQuantity;

const char *record_quantity_to_string(RecordQuantity quantity);

/** The hosts of @world must be declared. */
Record *record_new(SimWorld *world);
void record_free(Record *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)
/** An event affects @host; NULL: all. @unnoticed: it has no effect until a packet is sent. */
void record_note_fault(Record *self, const SimHost *host, gboolean unnoticed);
/** The world is over, and may be freed. */
void record_finish(Record *self);

/** The greatest part of its limit that a quantity reached. */
typedef struct {
    double part[RECORD_N];
    double with[RECORD_N], without[RECORD_N];
} RecordWorst;

/** Compares @with lies to the worst of @without (of Record, at least one). NULL, or a sentence
 * about the first quantity above its limit, to be freed. @worst is raised; it may be NULL. */
char *record_compare(const GPtrArray *without, const Record *with, RecordTrust trust,
                     RecordWorst *worst);
