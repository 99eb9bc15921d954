using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.OnnxRuntime.Tests.CustomOperators;

public sealed class CustomOperatorDomainTests : IDisposable
{
    private readonly TestOperator _operator = new();
    private readonly CustomOperatorDomain _domain;

    public CustomOperatorDomainTests() => _domain = new CustomOperatorDomain(TestGraph.Domain, _operator);

    public void Dispose() => _domain.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Run_AnyLength_ComputesEveryElement(int length)
    {
        using var session = TestGraph.CreateSession(_domain, "Test", ("factor", 3));
        var x = Enumerable.Range(1, length).Select(i => (float)i).ToArray();
        var expected = x.Select(v => v * 3).ToArray();
        Assert.Equal(expected, TestGraph.Run(session, x));
    }

    [Fact]
    public void Run_OptionalInput_IsThereOrNot()
    {
        using var without = TestGraph.CreateSession(_domain, "Test", ["x"], ("factor", 10));
        using var with = TestGraph.CreateSession(_domain, "Test", ["x", "x"], ("factor", 10));

        Assert.Equal([30, 40], TestGraph.Run(without, [3, 4]));
        Assert.Equal([33, 43], TestGraph.Run(with, [3, 4]));
    }

    [Fact]
    public void CreateSession_RequiredInputMissing_Fails() => Assert.Throws<OnnxRuntimeException>(
        () => TestGraph.CreateSession(_domain, "Test", [], ("factor", 10)));

    [Fact]
    public void Run_KernelWritesItsInput_CallerSeesIt()
    {
        using var session = TestGraph.CreateSession(_domain, "Test", ("factor", 1));
        var x = new float[] { 1, 2 };
        TestGraph.Run(session, x);
        Assert.Equal([42, 2], x);
    }

    [Fact]
    public void Run_ComputeThrows_FailsWithItsMessageAndTheSessionLivesOn()
    {
        using var session = TestGraph.CreateSession(_domain, "Test", ("factor", 2));
        var failure = Assert.Throws<OnnxRuntimeException>(() => TestGraph.Run(session, [TestOperator.ThrowInCompute]));
        Assert.Contains("compute said no ✗", failure.Message, StringComparison.Ordinal);
        Assert.Equal([10], TestGraph.Run(session, [5]));
    }

    [Fact]
    public void Run_OneIterationThrows_FailsWithItsMessageAndTheSessionLivesOn()
    {
        using var session = TestGraph.CreateSession(_domain, "Test", ("factor", 2));
        var x = Enumerable.Range(1, 64).Select(i => (float)i).ToArray();
        x[17] = TestOperator.ThrowInIteration;
        var failure = Assert.Throws<OnnxRuntimeException>(() => TestGraph.Run(session, x));
        Assert.Contains("iteration 17 said no", failure.Message, StringComparison.Ordinal);
        Assert.Equal([10], TestGraph.Run(session, [5]));
    }

    [Fact]
    public void Run_EveryIterationThrows_FailsOnce()
    {
        using var session = TestGraph.CreateSession(_domain, "Test", ("factor", 2));
        var x = Enumerable.Repeat(TestOperator.ThrowInIteration, 500).ToArray();
        Assert.Throws<OnnxRuntimeException>(() => TestGraph.Run(session, x));
    }

    [Fact]
    public void CreateSession_AttributeMissing_NamesIt()
    {
        var failure = Assert.Throws<OnnxRuntimeException>(() => TestGraph.CreateSession(_domain, "Test"));
        Assert.Contains("factor", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateSession_CreateKernelThrows_FailsWithOperatorAndMessage()
    {
        var failure = Assert.Throws<OnnxRuntimeException>(() => TestGraph.CreateSession(_domain, "Test", ("factor", 13)));
        Assert.Contains("Test: 13 is unlucky", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_OfSession_DisposesItsKernels()
    {
        TestGraph.CreateSession(_domain, "Test", ("factor", 3)).Dispose();
        Assert.Equal(1, _operator.Disposed);
    }

    [Fact]
    public void AddTo_AfterDispose_Throws()
    {
        using var options = new SessionOptions();
        var domain = new CustomOperatorDomain("other");
        domain.Dispose();
        domain.Dispose();
        Assert.Throws<ObjectDisposedException>(() => domain.AddTo(options));
    }

    [Fact]
    public void Constructor_TooManyInputs_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new WideOperator());

    private sealed class WideOperator() : CustomOperator("Wide", [.. Enumerable.Repeat(TensorElementType.Float, MaxArity + 1)], [])
    {
        protected internal override OperatorKernel CreateKernel(KernelInfo info) => throw new NotSupportedException();
    }
}
