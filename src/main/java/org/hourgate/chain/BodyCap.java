package org.hourgate.chain;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;

/**
 * Lets no more than {@link #BYTES} of a reply into memory, counted after decompression. JSON of
 * that length can't exhaust the parser either: Jackson stops at 500 levels.
 */
final class BodyCap implements Interceptor {

  static final int BYTES = 1 << 20;

  /** The reply is longer than we read. */
  static final class TooLongException extends IOException {
    TooLongException() {
      super("the reply is longer than " + BYTES + " bytes");
    }
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    ResponseBody body = response.body();
    if (body.contentLength() > BYTES) {
      response.close();
      throw new TooLongException();
    }
    ForwardingSource counted =
        new ForwardingSource(body.source()) {
          private long read;

          @Override
          public long read(Buffer sink, long byteCount) throws IOException {
            long count = super.read(sink, byteCount);
            read += Math.max(0, count);
            if (read > BYTES) {
              throw new TooLongException();
            }
            return count;
          }
        };
    return response
        .newBuilder()
        .body(ResponseBody.create(Okio.buffer(counted), body.contentType(), body.contentLength()))
        .build();
  }
}
