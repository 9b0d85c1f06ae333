/* SPDX-License-Identifier: MIT */
/* A gate with room for two, and `if` where it should say `while`. */
#include <pthread.h>
#include <stdio.h>
#include <time.h>

enum { ROOM = 2, THREADS = 8, PAGES_EACH = 100 };

struct gate {
    /* The lock must be held for these. */
    pthread_mutex_t lock;
    pthread_cond_t left;
    int inside, most, too_many;
};

static void go_in(struct gate *gate)
{
    gate->inside++;
    gate->too_many += gate->inside > ROOM;
    if (gate->most < gate->inside)
        gate->most = gate->inside;
}

/* Wrong: takes it for granted that there is room when it is woken. */
static void enter_with_if(struct gate *gate)
{
    if (gate->inside >= ROOM)
        pthread_cond_wait(&gate->left, &gate->lock);
    go_in(gate);
}

/* Right: looks again. */
static void enter_with_while(struct gate *gate)
{
    while (gate->inside >= ROOM)
        pthread_cond_wait(&gate->left, &gate->lock);
    go_in(gate);
}

/* "Free!", to all that wait: that is allowed, and often it is the only right
 * thing to do. */
static void leave(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->inside--;
    pthread_cond_broadcast(&gate->left);
    pthread_mutex_unlock(&gate->lock);
}

/* A tenth of a millisecond. */
static void fetch(void)
{
    nanosleep(&(struct timespec){0, 100000}, NULL);
}

struct visitor {
    struct gate *gate;
    void (*enter)(struct gate *gate);
};

static void *visit(void *argument)
{
    struct visitor *visitor = argument;
    for (int i = 0; i < PAGES_EACH; i++) {
        pthread_mutex_lock(&visitor->gate->lock);
        visitor->enter(visitor->gate);
        pthread_mutex_unlock(&visitor->gate->lock);
        fetch();
        leave(visitor->gate);
    }
    return NULL;
}

static void show(const char *how, void (*enter)(struct gate *gate))
{
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER,
                        .left = PTHREAD_COND_INITIALIZER};
    struct visitor visitor = {&gate, enter};
    pthread_t threads[THREADS];
    int started = 0;
    while (started < THREADS &&
           !pthread_create(&threads[started], NULL, visit, &visitor))
        started++;
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    printf("  %-6s %4d of %d came in when it was full, up to %d at once\n", how,
           gate.too_many, THREADS * PAGES_EACH, gate.most);
}

int main(void)
{
    puts("A gate with room for two, and eight threads that fetch pages:\n");
    show("if", enter_with_if);
    show("while", enter_with_while);
    puts("\nOne leaves, all that wait are woken, and with `if` all of them go "
         "in.\nBetween the wake-up and the lock another may have been "
         "quicker,\nso a thread that is woken looks again. That covers "
         "wake-ups for "
         "no reason,\ntoo: POSIX allows them.");
    return 0;
}
