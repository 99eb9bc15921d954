namespace Inference.Server.Metrics;

/// <summary>The state of one instrument under one set of tags.</summary>
internal sealed class MetricSeries
{
    private readonly Lock _lock = new();
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly double[] _buckets;
    private readonly long[] _bucketCounts;
    private double _sum;
    private long _count;

    /// <summary>Starts at zero.</summary>
    /// <param name="tags">What sets this series apart.</param>
    /// <param name="labels">The same in the text format, without braces: <c>a="b",c="d"</c>.</param>
    /// <param name="buckets">Ascending upper bounds of a histogram; empty for other kinds.</param>
    public MetricSeries(ReadOnlySpan<KeyValuePair<string, object?>> tags, string labels, double[] buckets)
    {
        _tags = tags.ToArray();
        Labels = labels;
        _buckets = buckets;
        _bucketCounts = new long[buckets.Length];
    }

    /// <summary>The labels in the text format, without braces.</summary>
    public string Labels { get; }

    /// <summary>Whether this series is of exactly these tags, in this order.</summary>
    public bool Matches(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != _tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != _tags[i].Key || !Equals(tags[i].Value, _tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds to a counter.</summary>
    public void Add(double value)
    {
        lock (_lock)
        {
            _sum += value;
        }
    }

    /// <summary>Replaces a gauge's value, or that of a counter which is observed as a whole.</summary>
    public void Set(double value)
    {
        lock (_lock)
        {
            _sum = value;
        }
    }

    /// <summary>Adds an observation to a histogram.</summary>
    public void Observe(double value)
    {
        // Bounds are inclusive (le): the first that is not below the value.
        var bucket = Array.BinarySearch(_buckets, value);
        bucket = bucket < 0 ? ~bucket : bucket;
        lock (_lock)
        {
            _sum += value;
            _count++;
            if (bucket < _bucketCounts.Length)
            {
                _bucketCounts[bucket]++;
            }
        }
    }

    /// <summary>A consistent copy: the value or sum, the count, and the observations per bucket (not cumulative).</summary>
    public (double Sum, long Count, long[] BucketCounts) Read()
    {
        lock (_lock)
        {
            return (_sum, _count, [.. _bucketCounts]);
        }
    }
}
