/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ctl-run.h"

#include <json-glib/json-glib.h>

#define BASE_NAME "org.freedesktop.NetworkManager.wirelink"
#define ROOT_PATH "/org/freedesktop/NetworkManager/wirelink"
#define LINK_PATH ROOT_PATH "/link"
#define PEER_PATH ROOT_PATH "/peer/"

/** The public key of peer @n, a string. */
#define MOCK_KEY(n) "KEY" n "KEYKEYKEYKEYKEYKEYKEYKEYKEYKEYKEYKEYKEY="

typedef enum {
    MOCK_REPLIES,
    MOCK_DENIES,
    MOCK_FAILS,
    MOCK_HANGS,
    MOCK_UNKNOWN_METHODS, /* lacks our interface: every method is unknown */
} MockManner;

/** The service of a profile, as wirelinkctl sees it. */
typedef struct {
    GDBusConnection *connection;
    MockManner manner;  /* of the object manager */
    MockManner methods; /* of the methods of the Link */
    GVariant *objects;  /* a{oa{sa{sv}}} */
    GVariant *then;     /* of the second read on, or NULL */
    GVariant *facts;    /* aa{sv} */
    GVariant *events;   /* aa{sv} */
    guint n_reads;      /* calls of GetManagedObjects */
    guint wait_for;     /* replies only after this many reads of all mocks, 0: at once */
    GString *called;    /* "Refresh() ForgetEndpoint(KEY, ADDRESS) " */
    GPtrArray *waiting; /* of GDBusMethodInvocation */
    guint32 round_trip;
    guint n_round_trips; /* reads of it */
} Mock;

/** A private bus that is the system bus of wirelinkctl. */
typedef struct {
    GTestDBus *bus;
    GPtrArray *mocks;  /* of Mock */
    guint n_reads;     /* of all mocks */
    GPtrArray *others; /* of GDBusConnection: other names on the bus */
} Fixture;

void fixture_set_up(Fixture *self, gconstpointer data);
void fixture_tear_down(Fixture *self, gconstpointer data);
#define FIXTURE_ADD(path, func)                                                                    \
    g_test_add(path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

/** Starts a service, which queues for the base name. @objects is taken and may be NULL. */
Mock *fixture_add_mock(Fixture *self, MockManner manner, GVariant *objects);
/** Peer @number replies to a read of RoundTrip: the first time 0, then @round_trip. */
void mock_add_round_trip(Mock *self, guint number, guint32 round_trip);
/** Stops a service. */
void fixture_remove_mock(Fixture *self, Mock *mock);
/** A connection to the bus that owns @name. */
GDBusConnection *fixture_add_owner(Fixture *self, const char *name);

/** a{oa{sa{sv}}} of a profile called @id; @peers holds further entries in GVariant's text format.
 */
GVariant *mock_objects(const char *id, const char *version, const char *peers);
/** The same with @more properties of the link, which come first: "'Name': <value>, ". */
GVariant *mock_objects_with(const char *id, const char *version, const char *more,
                            const char *peers);
/** An entry for mock_objects(); @more holds further properties, each followed by ", ". */
char *mock_peer(guint number, const char *name, const char *state, const char *via,
                const char *reason, const char *more);
/** A network with every state of a peer: a hub, a laptop, a NAS, a phone, an unnamed peer. */
Mock *fixture_add_network(Fixture *self, const char *id);

/** PropertiesChanged of peer @number: @changed (a{sv}) and @invalidated in GVariant's text format.
 */
void mock_emit_changed(Mock *self, guint number, const char *changed, const char *invalidated);
void mock_emit_added(Mock *self, const char *entry);
void mock_emit_removed(Mock *self, guint number);

/** Runs wirelinkctl on the bus of the fixture, @columns wide (NULL: not set). */
CtlRun *fixture_run(const Fixture *self, const char *columns, const char *const *arguments);
#define FIXTURE_RUN(self, columns, ...)                                                            \
    fixture_run(self, columns, (const char *const[]){__VA_ARGS__, NULL})

/**
 * Compares @text with golden/@name, where VERSION stands for this version. With WL_TEST_UPDATE in
 * the environment the file is written; review the changes.
 */
void assert_golden(const char *name, const char *text);
/** @text with NOW in place of the times of day in its JSON; to be freed. */
char *without_times(const char *text);
JsonObject *parse_object(const char *json);
