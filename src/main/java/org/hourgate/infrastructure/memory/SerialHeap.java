package org.hourgate.infrastructure.memory;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.Optional;

/** The heap of a process that runs with {@code -XX:+UseSerialGC}. */
record SerialHeap(MemoryPoolMXBean old, GarbageCollectorMXBean young) implements OldGarbage.Heap {

  /** Empty where another collector is at work. */
  static Optional<SerialHeap> ofThisProcess() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals("Tenured Gen"))
        .findFirst()
        .flatMap(
            old ->
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .filter(collector -> collector.getName().equals("Copy"))
                    .findFirst()
                    .map(young -> new SerialHeap(old, young)));
  }

  @Override
  public long used() {
    return old.getUsage().getUsed();
  }

  @Override
  public long left() {
    return old.getCollectionUsage().getUsed();
  }

  @Override
  public long youngCollections() {
    return young.getCollectionCount();
  }

  @Override
  public void collect() {
    System.gc();
  }
}
