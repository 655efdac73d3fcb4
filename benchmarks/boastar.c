/* BOA*, a peer for the Pareto search: all ways that no other beats in two costs at once.
 *
 * Written for this benchmark after C. Hernandez Ulloa, W. Yeoh, J. A. Baier, H. Zhang, L. Suazo and
 * S. Koenig, "A Simple and Fast Bi-Objective Search Algorithm", ICAPS 2020: two backward searches give the
 * least costs to go; labels leave the heap in the order of both costs, so that one comparison with the
 * least second cost met at a node tells whether a label is beaten. Part of midcorridor, MIT.
 */
#include <stdint.h>
#include <stdlib.h>

#define FAR UINT32_MAX

typedef struct { uint64_t key; uint32_t item; } Entry; /* a key is both costs, the first one high */
typedef struct { Entry *at; size_t size, room; } Heap;
typedef struct { uint32_t node, before, g1, g2; } Label;

static void push(Heap *heap, uint64_t key, uint32_t item) {
    if (heap->size == heap->room) {
        heap->room = heap->room ? 2 * heap->room : 1024;
        heap->at = realloc(heap->at, heap->room * sizeof(Entry));
    }
    size_t slot = heap->size++;
    while (slot > 0) {
        size_t parent = (slot - 1) / 2;
        if (heap->at[parent].key <= key) break;
        heap->at[slot] = heap->at[parent];
        slot = parent;
    }
    heap->at[slot] = (Entry){key, item};
}

static Entry pop(Heap *heap) {
    Entry top = heap->at[0], last = heap->at[--heap->size];
    size_t slot = 0;
    for (;;) {
        size_t child = 2 * slot + 1;
        if (child >= heap->size) break;
        if (child + 1 < heap->size && heap->at[child + 1].key < heap->at[child].key) child++;
        if (last.key <= heap->at[child].key) break;
        heap->at[slot] = heap->at[child];
        slot = child;
    }
    heap->at[slot] = last;
    return top;
}

/* Least cost from every node to the target; edges sorted by the node that they enter. */
static void to_go(uint32_t n, const uint32_t *first, const uint32_t *tail, const uint32_t *cost,
                  uint32_t target, uint32_t *least, Heap *heap) {
    for (uint32_t i = 0; i < n; i++) least[i] = FAR;
    least[target] = 0;
    heap->size = 0;
    push(heap, 0, target);
    while (heap->size) {
        Entry entry = pop(heap);
        uint32_t node = entry.item, key = (uint32_t)entry.key;
        if (key > least[node]) continue;
        for (uint32_t e = first[node]; e < first[node + 1]; e++) {
            uint32_t reach = key + cost[e];
            if (reach < least[tail[e]]) {
                least[tail[e]] = reach;
                push(heap, reach, tail[e]);
            }
        }
    }
}

/* The front, sorted by the first cost, in front (room, 2); returns its length, and how many labels were
 * made. first_out, head, out1, out2: edges by the node that they leave; first_in, tail, in1, in2: the same
 * edges by the node that they enter. A front longer than room is cut; its length is told all the same. */
uint32_t boastar(uint32_t n, const uint32_t *first_out, const uint32_t *head, const uint32_t *out1,
                 const uint32_t *out2, const uint32_t *first_in, const uint32_t *tail, const uint32_t *in1,
                 const uint32_t *in2, uint32_t source, uint32_t target, uint32_t *front, uint32_t room,
                 uint64_t *made) {
    uint32_t *h1 = malloc(n * sizeof *h1), *h2 = malloc(n * sizeof *h2), *least2 = malloc(n * sizeof *least2);
    Heap heap = {0};
    to_go(n, first_in, tail, in1, target, h1, &heap);
    to_go(n, first_in, tail, in2, target, h2, &heap);
    for (uint32_t i = 0; i < n; i++) least2[i] = FAR;
    size_t labels = 0, labels_room = 4096;
    Label *label = malloc(labels_room * sizeof *label);
    uint32_t found = 0;
    heap.size = 0;
    if (h1[source] != FAR) {
        label[labels++] = (Label){source, UINT32_MAX, 0, 0};
        push(&heap, (uint64_t)h1[source] << 32 | h2[source], 0);
    }
    while (heap.size) {
        uint32_t number = pop(&heap).item;
        Label from = label[number];
        if (from.g2 >= least2[from.node] || from.g2 + h2[from.node] >= least2[target]) continue;
        least2[from.node] = from.g2;
        if (from.node == target) {
            if (found < room) {
                front[2 * found] = from.g1;
                front[2 * found + 1] = from.g2;
            }
            found++;
            continue;
        }
        for (uint32_t e = first_out[from.node]; e < first_out[from.node + 1]; e++) {
            uint32_t there = head[e];
            if (h1[there] == FAR) continue;
            uint32_t g1 = from.g1 + out1[e], g2 = from.g2 + out2[e];
            if (g2 >= least2[there] || g2 + h2[there] >= least2[target]) continue;
            if (labels == labels_room) {
                labels_room *= 2;
                label = realloc(label, labels_room * sizeof *label);
            }
            label[labels] = (Label){there, number, g1, g2};
            push(&heap, (uint64_t)(g1 + h1[there]) << 32 | (g2 + h2[there]), (uint32_t)labels);
            labels++;
        }
    }
    *made = labels;
    free(h1), free(h2), free(least2), free(label), free(heap.at);
    return found;
}
