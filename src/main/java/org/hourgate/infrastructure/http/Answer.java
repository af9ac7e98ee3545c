package org.hourgate.infrastructure.http;

/** What an endpoint gives back. */
public sealed interface Answer permits Response, EventStream {}
