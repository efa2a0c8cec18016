/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which learned member makes room for another. */
#include "facts/wl-member-places.h"

#include <string.h>

#define NONE G_MAXUINT

typedef struct {
    const char *name;
    guint weights[4];   /* 0: end */
    const char *rights; /* '+': has a right to stay */
    guint wanted;
    int chosen;
} Row;

static const Row rows[] = {
    {"the heaviest makes room", {5, 900, 5}, "---", 1, 1},
    {"the first of those with as much", {5, 900, 900}, "---", 1, 1},
    {"none for one that is as heavy", {500, 500}, "--", 500, -1},
    {"none if the two would only change places", {500, 500}, "--", 499, -1},
    {"one if the difference is two", {500, 500}, "--", 498, 0},
    {"one with a session stays", {900, 800}, "+-", 1, 1},
    {"none if all have a right to stay", {900, 800}, "++", 1, -1},
    {"one that nobody introduces goes first", {900, NONE, 900}, "---", 1, 1},
    {"also for one of the largest", {900, NONE, 900}, "---", 900, 1},
};

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    WlMemberPlace places[G_N_ELEMENTS(row->weights)];
    guint n = (guint) strlen(row->rights);

    for (guint i = 0; i < n; i++)
        places[i] = (WlMemberPlace){.weight = row->weights[i], .has_right = row->rights[i] == '+'};
    g_assert_cmpint(wl_member_places_choose(places, n, row->wanted), ==, row->chosen);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/member-places/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    return g_test_run();
}
